// Photos of a report, as large as the screen; the arrow keys go from one to the next.
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";

export function showPhotos(sources, first) {
  let place = first;
  const dialog = h("dialog", { class: "photo", id: "photo", onclose: () => dialog.remove(), onkeydown: ({ key }) => step({ ArrowRight: 1, ArrowLeft: -1 }[key]),
    onclick: ({ target }) => target === dialog && dialog.close() });
  const draw = () => fill(dialog, h("img", { src: sources[place], alt: t("checking.photo", { number: place + 1 }) }),
    h("p", {}, `${place + 1} / ${sources.length} `, h("button", { type: "button", class: "primary", id: "photo-close", onclick: () => dialog.close() }, t("keys.close"))));
  const step = (by) => {
    if (!by) return;
    place = (place + by + sources.length) % sources.length;
    draw();
  };
  draw();
  document.body.append(dialog);
  dialog.showModal();
}

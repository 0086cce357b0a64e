// The panels on the right, one at a time, behind tabs that the arrow keys walk. A panel with `tab` is a page of that tab.
import { byId, fill, h } from "./dom.js";
import { t } from "./i18n.js";

export function mountPanels(app, panels) {
  const { store } = app;
  const current = () => panels.find(({ id }) => id === store.get("panel")) ?? panels[0];
  app.redrawPanel = () => {
    const place = byId("panel");
    const { scrollTop } = place;
    fill(place, h("h2", { class: "visually-hidden" }, t(`panel.${current().id}`)), current().draw(app));
    place.setAttribute("aria-labelledby", `tab-${tabOf(current())}`);
    place.dataset.panel = current().id;
    place.scrollTop = scrollTop;
  };
  app.openPanel = (id) => {
    store.set({ panel: id });
    byId("panel").scrollTop = 0;
    byId(`tab-${id}`)?.focus();
  };
  store.on("panel lang", () => drawTabs(app, panels.filter(({ tab }) => !tab), tabOf(current())));
  store.on("panel lang", app.redrawPanel);
  const keys = new Set(panels.flatMap((panel) => panel.keys.split(" ")));
  store.on([...keys].join(" "), (changed) => {
    if (changed.some((key) => current().keys.split(" ").includes(key))) app.redrawPanel();
  }, { now: false });
}

const tabOf = ({ id, tab }) => tab ?? id;

function drawTabs(app, panels, open) {
  fill(byId("tabs"), panels.map(({ id }) => h("button", {
    type: "button", role: "tab", id: `tab-${id}`, tabindex: id === open ? 0 : -1, aria: { selected: String(id === open), controls: "panel" },
    onclick: () => app.openPanel(id), onkeydown: (event) => walk(event, app, panels, id),
  }, t(`panel.${id}`))));
}

function walk(event, app, panels, id) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const place = panels.findIndex((panel) => panel.id === id);
  app.openPanel(panels[(place + step + panels.length) % panels.length].id);
}

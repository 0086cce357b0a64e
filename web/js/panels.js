// The panels on the right, one at a time, behind tabs that the arrow keys walk. A panel with `tab` is a page of that tab;
// pages that stand beside one another, with `page`, are reached by a row of links above them.
import { byId, fill, h } from "./dom.js";
import { t } from "./i18n.js";

/** A panel isn't drawn anew under a press: the button would be gone before the finger is lifted. */
const PRESS_MS = 300;

export function mountPanels(app, panels) {
  const { store } = app;
  const current = () => panels.find(({ id }) => id === store.get("panel")) ?? panels[0];
  const place = byId("panel");
  let pressed = -Infinity;
  let later = 0;
  place.addEventListener("pointerdown", () => { pressed = performance.now(); });
  addEventListener("pointerup", () => { pressed = -Infinity; });
  app.redrawPanel = () => {
    clearTimeout(later);
    if (performance.now() - pressed < PRESS_MS) {
      later = setTimeout(app.redrawPanel, PRESS_MS);
      return;
    }
    const { scrollTop } = place;
    fill(place, h("h2", { class: "visually-hidden" }, t(`panel.${current().id}`)), pagesBeside(app, panels, current()), current().draw(app));
    place.setAttribute("aria-labelledby", `tab-${tabOf(current())}`);
    place.dataset.panel = current().id;
    place.scrollTop = scrollTop;
  };
  /** Whether the open panel took a key for itself. */
  app.pressInPanel = (key) => current().press?.(app, key) ?? false;
  app.openPanel = (id) => {
    store.set({ panel: id });
    byId("panel").scrollTop = 0;
    byId(panels.find((panel) => panel.id === id)?.tab ? `page-${id}` : `tab-${id}`)?.focus();
  };
  store.on("panel lang toCheck", () => drawTabs(app, panels.filter(({ tab }) => !tab), tabOf(current())));
  store.on("panel lang", app.redrawPanel);
  const keys = new Set(panels.flatMap((panel) => panel.keys.split(" ")));
  store.on([...keys].join(" "), (changed) => {
    if (changed.some((key) => current().keys.split(" ").includes(key))) app.redrawPanel();
  }, { now: false });
}

const tabOf = ({ id, tab }) => tab ?? id;

function pagesBeside(app, panels, open) {
  const pages = open.page ? panels.filter((panel) => panel.page && tabOf(panel) === tabOf(open)) : [];
  return pages.length > 1 && h("nav", { class: "pages", aria: { label: t("panels.pages") } }, pages.map(({ id }) => h("button", {
    type: "button", id: `page-${id}`, aria: { current: id === open.id ? "page" : "false" }, onclick: () => app.openPanel(id) }, t(`page.${id}`))));
}

function drawTabs(app, panels, open) {
  fill(byId("tabs"), panels.map(({ id }) => h("button", {
    type: "button", role: "tab", id: `tab-${id}`, tabindex: id === open ? 0 : -1, aria: { selected: String(id === open), controls: "panel" },
    onclick: () => app.openPanel(id), onkeydown: (event) => walk(event, app, panels, id),
  }, t(`panel.${id}`), badge(app, id))));
}

/** How many reports nobody has checked yet. */
function badge({ store }, id) {
  const waiting = id === "checking" && store.get("toCheck");
  return waiting ? h("span", { class: "tab-count" }, waiting > 99 ? "99+" : String(waiting)) : null;
}

function walk(event, app, panels, id) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const place = panels.findIndex((panel) => panel.id === id);
  app.openPanel(panels[(place + step + panels.length) % panels.length].id);
}

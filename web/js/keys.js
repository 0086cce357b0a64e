// Everything within reach of the keyboard; `?` shows how.
import { byId, fill, h } from "./dom.js";
import { openEntry } from "./entry.js";
import { may } from "./forms.js";
import { t } from "./i18n.js";

const PANELS = ["level", "report", "siting", "assignment", "supply", "tables", "checking"];

const typing = (event) => event.target.closest?.("input:not([type=checkbox], [type=range]), select, textarea") || event.ctrlKey || event.metaKey || event.altKey;

export function mountKeys(app) {
  const { store } = app;
  const actions = {
    "/": () => byId("search")?.focus(),
    "?": () => app.showKeys(),
    m: () => document.querySelector(".maplibregl-canvas")?.focus(),
    l: () => byId("layers").querySelector("input[type=checkbox]")?.focus(),
    t: () => store.set({ theme: store.get("theme") === "dark" ? "light" : "dark" }),
    e: () => store.set({ lang: store.get("lang") === "en" ? "zh-CN" : "en" }),
    h: () => app.map?.home(),
    p: () => app.print(),
    n: () => may(store.get("session"), "operator") && !store.get("at") && openEntry(app),
    r: () => app.replay.play(),
    ",": () => app.replay.back(),
    ".": () => app.replay.on(),
    a: () => app.alerts.acknowledgeAll(),
    g: () => app.alerts.newest() && app.alerts.show(app.alerts.newest()),
    q: () => app.alerts.mute(),
    Escape: () => leave(app),
  };
  PANELS.forEach((id, place) => { actions[place + 1] = () => app.openPanel(id); });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && store.get("panel") === "entry" && !byId("keys").open) return app.openPanel("report");
    if (typing(event) || document.querySelector("dialog[open]")) return undefined;
    if (app.pressInPanel(event.key)) return event.preventDefault();
    if (!actions[event.key]) return undefined;
    event.preventDefault();
    return actions[event.key]();
  });
  app.showKeys = () => showKeys();
}

/** One thing at a time: what is selected first, then the moment that is played back. */
function leave(app) {
  if (app.store.get("select")) app.select(null);
  else app.replay.live();
}

function showKeys() {
  const rows = [["1 – 7", "keys.panels"], ["N", "keys.entry"], ["R", "keys.replay"], [", .", "keys.replay_step"], ["A", "keys.acknowledge"], ["G", "keys.newest"], ["Q", "keys.mute"], ["J K V X D", "keys.checking"], ["/", "keys.search"], ["L", "keys.layers"], ["M", "keys.map"], ["← → ↑ ↓ + −", "keys.move"],
    ["H", "keys.home"], ["T", "keys.theme"], ["E", "keys.language"], ["P", "keys.print"], ["Esc", "keys.escape"], ["?", "keys.help"]];
  const dialog = byId("keys");
  fill(dialog, h("h2", {}, t("keys.title")),
    h("dl", {}, rows.map(([key, words]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, t(words))])),
    h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, t("keys.close")));
  dialog.showModal();
}

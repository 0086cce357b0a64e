// The header's right end: the clock, the language, the theme, the keys, printing, and who is signed in.
import { remove } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { named, t } from "./i18n.js";
import { clock, moment, nowOf, span, zoneLabel } from "./time.js";

export function mountTools(app) {
  const { store } = app;
  app.print = () => printLight(app);
  store.on("lang theme session minute event at", () => fill(byId("tools"),
    h("time", { class: "clock", title: zoneLabel() }, clock()),
    button("tool-language", t("tools.other_language"), () => store.set({ lang: store.get("lang") === "en" ? "zh-CN" : "en" }), t("tools.language")),
    button("tool-theme", store.get("theme") === "dark" ? "☀" : "☾", () => store.set({ theme: store.get("theme") === "dark" ? "light" : "dark" }), t("tools.theme")),
    desk(store),
    button("tool-print", t("tools.print"), () => app.print(), t("tools.print_title")),
    button("tool-keys", "?", () => app.showKeys(), t("tools.keys")),
    store.get("session") && who(store.get("session"))));
}

/** Prints the light map, whatever the screen shows. */
async function printLight({ store, map }) {
  const theme = store.get("theme");
  const drawn = map && theme !== "light" ? map.settled() : null;
  store.set({ theme: "light" });
  await drawn;
  print();
  store.set({ theme });
}

const button = (id, text, onclick, label) => h("button", { type: "button", id, title: label, aria: { label }, onclick }, text);

/** The page for the leader's desk, at the moment that is on the screen. */
function desk(store) {
  const at = store.get("at");
  const query = new URLSearchParams({ event: store.get("event") ?? "", lang: store.get("lang"), ...(at ? { known_at: at } : {}) });
  return h("a", { class: "tool", id: "tool-desk", href: `/desk?${query}`, target: "_blank", title: t("tools.desk_title") }, t("tools.desk"));
}

function who(session) {
  return h("button", { type: "button", class: "who", id: "tool-session", title: t("tools.sign_out"), onclick: async () => {
    if (!confirm(t("tools.sign_out_sure"))) return;
    await remove("/api/session");
    location.assign("/");
  } }, t(`role.${session.role}`), session.admin_area ? ` ${session.admin_area}` : "");
}

/** The event's name with its mark, when it began and how long that is ago. */
export function mountEvent({ store }) {
  store.on("events event lang minute at", () => {
    const events = store.get("events") ?? [];
    const event = events.find(({ id }) => id === store.get("event"));
    if (!event) return fill(byId("event"), h("span", {}, t("event.none")));
    return fill(byId("event"),
      mark(event),
      h("select", { id: "event-choice", aria: { label: t("event.choose") }, onchange: (change) => store.set({ event: change.target.value, select: null, view: null }) },
        events.map(({ id, name }) => h("option", { value: id, selected: id === event.id }, name))),
      h("time", { datetime: event.occurred_at }, t("event.began", { time: moment(event.occurred_at), zone: zoneLabel() })),
      h("span", { class: "since" }, t("event.since", { span: span(nowOf(store) - new Date(event.occurred_at)) })),
      event.state !== "open" && h("span", { class: "mark" }, t(`event.state.${event.state}`)));
  });
}

function mark({ exercise, demo }) {
  if (exercise) return h("span", { class: "mark" }, t("event.exercise"));
  return demo ? h("span", { class: "mark" }, t("event.demo")) : null;
}

/** Sources, the place for the map's approval number, and the synthetic notice. */
export function mountCredits({ store }) {
  store.on("legend events lang", () => {
    fill(byId("credits"),
      store.get("events")?.some(({ demo }) => demo) && h("span", { class: "notice" }, t("credits.synthetic")),
      h("span", { class: "sources" }, h("b", {}, t("credits.sources")), " ", creditsOf(store.get("legend"))),
      h("span", { class: "printed" }, t("credits.printed", { time: clock(), zone: zoneLabel() })),
      h("span", { class: "approval" }, t("credits.approval")));
  });
}

const creditsOf = (legend) => [...new Set(legend.map(({ credit }) => named(credit)).filter(Boolean))].join(" · ");

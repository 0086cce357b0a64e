// Keeps the page true: asks every few seconds with conditional reads, shows at once when the link is lost.
import { forget, get, getIfChanged, onLink } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { clock } from "./time.js";

const EVERY_MS = 4000;

/** Watches the event in the store; `refresh()` asks right away and resolves once all is in. */
export function startLive({ store }) {
  let timer = 0;
  let running = null;
  const refresh = () => {
    clearTimeout(timer);
    running ??= ask(store).finally(() => {
      running = null;
      timer = setTimeout(refresh, document.hidden ? EVERY_MS * 4 : EVERY_MS);
    });
    return running;
  };
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  addEventListener("online", refresh);
  addEventListener("offline", () => store.set({ link: { up: false, lastAnswer: Date.now() } }));
  store.on("event", () => {
    forget();
    store.set({ casualties: null, townships: null, level: null, reports: null });
    refresh();
  }, { now: false });
  onLink((link) => store.set({ link }));
  return refresh;
}

async function ask(store) {
  const event = store.get("event");
  const about = `/api/events/${encodeURIComponent(event)}`;
  const wanted = {
    events: "/api/events",
    casualties: `${about}/casualties?by=county`,
    townships: `${about}/casualties?by=township`,
    level: `${about}/response-level`,
    reports: `${about}/loss-reports`,
    collections: `/ogc/collections?event=${encodeURIComponent(event)}`,
  };
  const answers = await Promise.allSettled(Object.values(wanted).map(getIfChanged));
  if (store.get("event") !== event) return;
  const patch = {};
  Object.keys(wanted).forEach((name, place) => {
    const { status, value, reason } = answers[place];
    if (status === "fulfilled" && value) patch[name] = value.events ?? value.reports ?? value.collections ?? value;
    else if (status === "rejected" && reason.status === 401) location.reload();
  });
  store.set(patch);
}

/** Which event the address means: the one asked for, else the first on file. */
export async function chosenEvent(asked) {
  const { events } = await get("/api/events");
  return { events, event: (events.find(({ id }) => id === asked) ?? events[0])?.id ?? null };
}

export function mountLink({ store }) {
  const draw = () => {
    const { up, lastAnswer } = store.get("link");
    const place = byId("link");
    place.dataset.state = up ? "live" : "lost";
    fill(place, h("span", {}, up ? t("link.live") : t("link.lost", { time: clock(lastAnswer) })));
  };
  let state = "";
  store.on("link lang", () => {
    const { up } = store.get("link");
    const next = `${up} ${store.get("lang")}`;
    if (next !== state) draw();
    state = next;
  });
}

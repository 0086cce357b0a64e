// Keeps the page true: asks every few seconds with conditional reads, shows at once when the link is lost.
import { forget, get, getIfChanged, getPast, onLink } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { clock, moment } from "./time.js";

const EVERY_MS = 4000;

/** Watches the event in the store; `refresh()` asks right away and resolves once all is in. */
export function startLive({ store }) {
  let timer = 0;
  let running = null;
  let again = false;
  const rounds = async () => {
    do {
      again = false;
      await ask(store);
    } while (again);
  };
  const refresh = () => {
    clearTimeout(timer);
    if (running) again = true;
    running ??= rounds().finally(() => {
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
    store.set({ at: null, casualties: null, townships: null, level: null, chronicle: null, reports: null, reporting: null, links: null });
    refresh();
  }, { now: false });
  store.on("at", () => {
    forget();
    refresh();
  }, { now: false });
  onLink((link) => store.set({ link }));
  return refresh;
}

/** What is asked for: what stands now, and the same as it was known at the moment played back. */
function wanted(event, at) {
  const about = `/api/events/${encodeURIComponent(event)}`;
  const then = (address, joint = "?") => (at ? [`${address}${joint}known_at=${encodeURIComponent(at)}`, getPast] : [address, getIfChanged]);
  return {
    events: ["/api/events", getIfChanged],
    casualties: then(`${about}/casualties?by=county`, "&"),
    townships: then(`${about}/casualties?by=township`, "&"),
    level: then(`${about}/response-level`),
    reporting: then(`${about}/reporting`),
    links: then(`${about}/linked-responses`),
    reports: [`${about}/loss-reports`, getIfChanged],
    ...(at ? { chronicle: [`${about}/response-level`, getIfChanged] } : {}),
    collections: then(`/ogc/collections?event=${encodeURIComponent(event)}`, "&"),
  };
}

async function ask(store) {
  const [event, at] = [store.get("event"), store.get("at")];
  const asked = wanted(event, at);
  const answers = await Promise.allSettled(Object.values(asked).map(([url, how]) => how(url)));
  if (store.get("event") !== event || store.get("at") !== at) return;
  const patch = {};
  Object.keys(asked).forEach((name, place) => {
    const { status, value, reason } = answers[place];
    if (status === "fulfilled" && value) patch[name] = value.events ?? value.reports ?? value.collections ?? value;
    else if (status === "rejected" && reason.status === 401) location.reload();
  });
  if (!at && patch.level) patch.chronicle = patch.level;
  if (patch.reporting && inMinutes(patch.reporting) === inMinutes(store.get("reporting"))) delete patch.reporting;
  store.set(patch);
  document.body.dataset.at = at ?? "now";
}

/** The board as text, lateness in whole minutes: nothing is redrawn for a second's sake. */
const inMinutes = (board) => JSON.stringify(board, (key, value) => (key === "late_s" ? Math.floor(value / 60) : value));

/** Which event the address means: the one asked for, else the first on file. */
export async function chosenEvent(asked) {
  const { events } = await get("/api/events");
  return { events, event: (events.find(({ id }) => id === asked) ?? events[0])?.id ?? null };
}

export function mountLink({ store }) {
  const draw = () => {
    const { up, lastAnswer } = store.get("link");
    const at = store.get("at");
    const place = byId("link");
    place.dataset.state = up ? (at ? "replay" : "live") : "lost";
    const words = at ? t("link.replay", { time: moment(at) }) : t("link.live");
    fill(place, h("span", {}, up ? words : t("link.lost", { time: clock(lastAnswer) })));
  };
  let state = "";
  store.on("link lang at", () => {
    const next = `${store.get("link").up} ${store.get("lang")} ${store.get("at")}`;
    if (next !== state) draw();
    state = next;
  });
}

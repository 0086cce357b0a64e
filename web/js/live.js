// Keeps the page true: hears each change from the event's stream and reads what it touches; asks every few seconds where
// there is no stream; shows at once when the link is lost, and catches up by itself.
import { forget, get, getIfChanged, getPast, onLink, tellLink } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { atMost, followStream } from "./stream.js";
import { clock, moment } from "./time.js";

const EVERY_MS = 4_000;
/** With the stream open only what grows old by itself is left to ask for: who is late. */
const STREAMING_MS = 30_000;
const LAYER_MS = 1_000;
const COUNTS_MS = 5_000;
/** Tiles wait a little, so that what comes together is fetched once, and not by every screen of the room at the same moment. */
const TILES_WAIT_MS = 300 + 300 * Math.random();
/** A new report has its sign on the map at once. Its tile may follow: drawing tiles takes the screen a while. */
const MARKED_MS = 30_000;

/** What a change of a layer makes worth reading; of any other layer only the counts. */
const FIGURES = ["casualties", "townships", "level", "reporting", "reports"];
const TOUCHED = { casualties: FIGURES, releases: FIGURES, response_level: ["level", "links"], events: ["events"], supply_requests: [] };
const NOTHING = { at: null, casualties: null, townships: null, level: null, chronicle: null, reports: null, reporting: null, links: null };

/** Watches the event in the store; the function that it returns reads everything and resolves once all is in. */
export function startLive(app) {
  const { store } = app;
  const read = oneAtATime((name) => readOne(store, name));
  let timer = 0;
  const refresh = async () => {
    const at = store.get("at");
    await Promise.all(Object.keys(wanted(store.get("event"), at)).map(read));
    if (store.get("at") === at) document.body.dataset.at = at ?? "now";
    clearTimeout(timer);
    timer = setTimeout(refresh, store.get("streaming") ? STREAMING_MS : document.hidden ? EVERY_MS * 4 : EVERY_MS);
  };
  const stream = streaming(app, { read, refresh });
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  addEventListener("online", () => { stream.again(); refresh(); });
  addEventListener("offline", () => { tellLink(false); stream.again(); });
  store.on("event", () => {
    forget();
    store.set(NOTHING);
    stream.follow();
    refresh();
  }, { now: false });
  store.on("at", () => {
    forget();
    refresh();
  }, { now: false });
  onLink((link) => store.set({ link }));
  stream.follow();
  return refresh;
}

/** The stream of the event in the store: `changes` in the store is what was told last. */
function streaming(app, { read, refresh }) {
  const { store } = app;
  let open = null;
  const counts = atMost(COUNTS_MS, read, TILES_WAIT_MS);
  const drawAnew = (layer) => store.get("at") || app.map?.refreshLayers([layer]);
  const tiles = atMost(LAYER_MS, drawAnew, TILES_WAIT_MS);
  const markedTiles = atMost(MARKED_MS, drawAnew, MARKED_MS);
  const touched = atMost(LAYER_MS, (layer) => {
    store.set({ told: { ...store.get("told"), [layer]: performance.now() } });
    TOUCHED[layer]?.forEach(read);
    counts("collections");
  });
  const told = {
    opened(fresh) {
      tellLink(true);
      store.set({ streaming: true, resumed: Date.now() });
      if (fresh) app.map?.refreshLayers(store.get("legend").map(({ id }) => id));
      refresh();
    },
    alive: () => tellLink(true),
    changed(changes) {
      store.set({ changes });
      for (const layer of new Set(changes.map((change) => change.layer))) touched(layer);
      for (const layer of new Set(changes.filter((change) => !hasSign(change)).map((change) => change.layer))) tiles(layer);
      if (changes.some(hasSign)) markedTiles("field_reports");
    },
    lost(status, silent) {
      if (status === 401) return location.reload();
      if (silent) tellLink(false);
      store.set({ streaming: false });
      return refresh();
    },
  };
  return {
    follow() {
      open?.close();
      store.set({ streaming: false });
      const event = store.get("event");
      open = event && followStream(`/api/events/${encodeURIComponent(event)}/stream`, told);
    },
    again: () => open?.again(),
  };
}

const hasSign = ({ op, report }) => op === "insert" && Boolean(report);

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

/** Runs `work(name)` one at a time for each name, and once more if it was wanted meanwhile: no older answer comes last. */
function oneAtATime(work) {
  const running = new Map();
  const again = new Set();
  const rounds = async (name) => {
    do {
      again.delete(name);
      await work(name);
    } while (again.has(name));
    running.delete(name);
  };
  return (name) => {
    if (running.has(name)) again.add(name);
    else running.set(name, rounds(name));
    return running.get(name);
  };
}

async function readOne(store, name) {
  const now = () => wanted(store.get("event"), store.get("at"))[name] ?? [];
  const [url, how] = now();
  if (!url || (!store.get("event") && name !== "events")) return;
  const value = await how(url).catch((problem) => { if (problem.status === 401) location.reload(); });
  if (!value || now()[0] !== url) return;
  store.set(patchOf(store, name, value.events ?? value.reports ?? value.collections ?? value));
}

function patchOf(store, name, value) {
  if (name === "reporting" && inMinutes(value) === inMinutes(store.get("reporting"))) return {};
  return name === "level" && !store.get("at") ? { level: value, chronicle: value } : { [name]: value };
}

/** The board as text, lateness in whole minutes: nothing is redrawn for a second's sake. */
const inMinutes = (board) => JSON.stringify(board, (key, value) => (key === "late_s" ? Math.floor(value / 60) : value));

/** Which event the address means: the one asked for, else the first on file. */
export async function chosenEvent(asked) {
  const { events } = await get("/api/events");
  return { events, event: (events.find(({ id }) => id === asked) ?? events[0])?.id ?? null };
}

/** The link in the header, in words: live, asked for every few seconds, played back, or lost since when. */
export function mountLink({ store }) {
  let shown = "";
  store.on("link streaming lang at minute", () => {
    const [{ up, lastAnswer }, at] = [store.get("link"), store.get("at")];
    const state = !up ? "lost" : at ? "replay" : store.get("streaming") ? "live" : "polling";
    const words = { lost: () => t("link.lost", { time: clock(lastAnswer) }), replay: () => t("link.replay", { time: moment(at) }),
      live: () => t("link.live"), polling: () => t("link.polling", { seconds: EVERY_MS / 1000 }) }[state]();
    if (words === shown) return;
    shown = words;
    byId("link").dataset.state = state;
    document.body.dataset.link = state;
    fill(byId("link"), h("span", {}, words));
  });
}

// What is new and nobody here has taken note of: reports from the field and changes of the level. Remembered on this machine.
import { get } from "./api.js";
import { may } from "./forms.js";
import { drawFeed } from "./feed.js";
import { feature } from "./overlay.js";
import { pointOf } from "./report-words.js";
import { chime } from "./sound.js";
import { atMost } from "./stream.js";

/** Reports are asked for from a little before the newest one: of two, the earlier may have been committed later. */
const OVERLAP_MS = 120_000;
/** The feed and its marks on the map come sooner than the tiles. */
const LOAD_MS = 400;
const MOST = 100;
const MOST_KNOWN = 500;
const SOUND_MS = 3_000;

const stored = (name, otherwise) => JSON.parse(localStorage.getItem(`reliefmap.${name}`) ?? "null") ?? otherwise;
const keep = (name, value) => localStorage.setItem(`reliefmap.${name}`, JSON.stringify(value));

export function mountAlerts(app) {
  const { store } = app;
  const alerts = { reports: [], level: null, muted: stored("muted", false), sounded: 0, blocked: false };
  const memory = () => stored(`alerts.${store.get("event")}`, null);
  const remember = (patch) => keep(`alerts.${store.get("event")}`, { ...memory(), ...patch });
  const draw = () => {
    drawFeed(app, alerts, acts);
    const open = store.get("at") ? [] : alerts.reports.filter(acts.isOpen);
    app.overlay.show("fresh", open.map((report) => feature(pointOf(report), { kind: report.kind, select: `field_reports/${report.id}` })));
  };
  const sounding = atMost(SOUND_MS, (what) => {
    if (alerts.muted) return;
    alerts.blocked = !chime(what);
    if (!alerts.blocked) alerts.sounded += 1;
    draw();
  });

  const load = atMost(LOAD_MS, async () => {
    const event = store.get("event");
    if (!event || !may(store.get("session"), "planner")) return;
    const { since, known } = memory();
    const newest = alerts.reports[0]?.received_at ?? since;
    const from = new Date(Math.max(Date.parse(since), Date.parse(newest) - OVERLAP_MS)).toISOString();
    const query = new URLSearchParams({ since: from, limit: MOST });
    const { field_reports: found } = await get(`/api/events/${encodeURIComponent(event)}/field-reports?${query}`).catch(() => ({ field_reports: [] }));
    if (store.get("event") !== event) return;
    const had = new Set(alerts.reports.map(({ id }) => id));
    const fresh = found.filter(({ id }) => !had.has(id));
    const later = new Map(found.map((report) => [report.id, report]));
    alerts.reports = [...fresh, ...alerts.reports.map((report) => later.get(report.id) ?? report)].slice(0, MOST)
      .sort((one, other) => Date.parse(other.received_at) - Date.parse(one.received_at));
    if (fresh.some(({ id, state }) => state === "new" && !known.includes(id)) && alerts.loaded) sounding("report");
    alerts.loaded = true;
    draw();
  });

  const acts = {
    isOpen: ({ id, state }) => state === "new" && !memory()?.known.includes(id),
    /** Takes note of these reports, and of the level if asked to. */
    acknowledge(ids, level = false) {
      remember({ known: [...ids, ...(memory()?.known ?? [])].slice(0, MOST_KNOWN), ...(level && alerts.level ? { level: alerts.level.now } : {}) });
      if (level) alerts.level = null;
      draw();
    },
    acknowledgeAll: () => acts.acknowledge(alerts.reports.map(({ id }) => id), true),
    acknowledgeLevel: () => acts.acknowledge([], true),
    show(report) {
      app.select(`field_reports/${report.id}`);
      app.map?.showLayer("field_reports");
      app.map?.flyTo(pointOf(report));
    },
    mute() {
      alerts.muted = !alerts.muted;
      keep("muted", alerts.muted);
      if (!alerts.muted) alerts.blocked = !chime("report");
      draw();
    },
    newest: () => alerts.reports.find(acts.isOpen),
  };

  store.on("event", () => {
    if (!store.get("event")) return;
    if (!memory()) keep(`alerts.${store.get("event")}`, { since: new Date(Date.now() - OVERLAP_MS).toISOString(), known: [], level: undefined });
    Object.assign(alerts, { reports: [], level: null, loaded: false });
    load("all");
  });
  store.on("changes", () => store.get("changes").some(({ layer }) => layer === "field_reports") && load("all"), { now: false });
  store.on("resumed collections", () => load("all"), { now: false });
  store.on("chronicle", () => {
    const now = standing(store.get("chronicle"));
    if (!now || !memory()) return;
    const before = memory().level;
    if (before === undefined) remember({ level: now });
    const different = before !== undefined && before !== now;
    if (different && alerts.level?.now !== now) sounding("level");
    alerts.level = different ? { before, now, at: alerts.level?.now === now ? alerts.level.at : new Date().toISOString() } : null;
    draw();
  });
  store.on("lang minute session at", draw);
  app.alerts = acts;
}

/** The level that the figures call for and the one in force, as one word to compare. */
const standing = (level) => level && `${level.reported.level ?? "none"} ${level.in_force ?? "none"}`;

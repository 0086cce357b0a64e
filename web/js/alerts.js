// What is new and nobody here has taken note of: reports from the field and changes of the level. Remembered on this machine.
import { get } from "./api.js";
import { may } from "./forms.js";
import { drawFeed } from "./feed.js";
import { freshMarks } from "./fresh.js";
import { pointOf } from "./report-words.js";
import { chime } from "./sound.js";
import { atMost } from "./stream.js";

/** Reports are asked for from a little before the newest one: of two, the earlier may have been committed later. */
const OVERLAP_MS = 120_000;
const LOAD_MS = 400;
const MOST = 100;
const MOST_KNOWN = 500;
const SOUND_MS = 3_000;

const stored = (name, otherwise) => JSON.parse(localStorage.getItem(`reliefmap.${name}`) ?? "null") ?? otherwise;
const keep = (name, value) => localStorage.setItem(`reliefmap.${name}`, JSON.stringify(value));

export function mountAlerts(app) {
  const { store } = app;
  const alerts = { reports: [], level: null, muted: stored("muted", false), folded: stored("folded", false), sounded: 0, blocked: false };
  const marks = freshMarks(app);
  const memory = () => stored(`alerts.${store.get("event")}`, null);
  const remember = (patch) => keep(`alerts.${store.get("event")}`, { ...memory(), ...patch });
  const draw = () => {
    marks.show(store.get("at") ? [] : alerts.reports.filter(acts.isOpen), acts.show);
    drawFeed(app, alerts, acts);
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
    const { since } = memory();
    const newest = alerts.reports[0]?.received_at ?? since;
    const from = new Date(Math.max(Date.parse(since), Date.parse(newest) - OVERLAP_MS)).toISOString();
    const query = new URLSearchParams({ since: from, limit: MOST });
    const { field_reports: found } = await get(`/api/events/${encodeURIComponent(event)}/field-reports?${query}`).catch(() => ({ field_reports: [] }));
    if (store.get("event") !== event) return;
    take(found, alerts.loaded);
    alerts.loaded = true;
  });

  /** Takes these reports over, with a sound if one of them is news. */
  function take(found, sounds = true) {
    const had = new Set(alerts.reports.map(({ id }) => id));
    const fresh = found.filter(({ id }) => !had.has(id));
    const later = new Map(found.map((report) => [report.id, report]));
    alerts.reports = [...fresh, ...alerts.reports.map((report) => ({ ...report, ...later.get(report.id) }))]
      .sort((one, other) => Date.parse(other.received_at) - Date.parse(one.received_at)).slice(0, MOST);
    draw();
    if (sounds && fresh.some(acts.isOpen)) sounding("report");
  }

  /** What the stream tells carries the reports themselves; those that came too many at a time are asked for. */
  function hear(changes) {
    const told = changes.filter(({ layer }) => layer === "field_reports");
    const reports = told.map(({ report }) => report).filter(Boolean);
    if (reports.length) take(reports);
    if (reports.length < told.length) load("all");
  }

  const acts = {
    isOpen: ({ id, state }) => state === "new" && !memory()?.known.includes(id),
    /** Takes note of these reports, and of the level if asked to. */
    acknowledge(ids, level = false) {
      remember({ known: [...ids, ...(memory()?.known ?? [])].slice(0, MOST_KNOWN), ...(level && alerts.level ? { level: alerts.level.now } : {}) });
      if (level) alerts.level = null;
      draw();
      if (ids.length && !store.get("at")) app.map?.refreshLayers(["field_reports"]); // where the sign was, its tile has to be
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
    fold() {
      alerts.folded = !alerts.folded;
      keep("folded", alerts.folded);
      draw();
    },
    redraw: () => draw(),
    newest: () => alerts.reports.find(acts.isOpen),
  };

  store.on("event", () => {
    if (!store.get("event")) return;
    if (!memory()) keep(`alerts.${store.get("event")}`, { since: new Date(Date.now() - OVERLAP_MS).toISOString(), known: [], level: undefined });
    Object.assign(alerts, { reports: [], level: null, loaded: false });
    load("all");
  });
  store.on("changes", () => hear(store.get("changes")), { now: false });
  store.on("resumed", () => load("all"), { now: false });
  store.on("collections", () => store.get("streaming") || load("all"), { now: false });
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

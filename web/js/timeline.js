// The event played back: what the centre knew at each moment, from the first minute until now.
import { byId, fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { clock, moment, zoneLabel } from "./time.js";

const STEPS = 1000;
const QUIET_TAIL = 60; // of the steps: the time since anything last came in, however long it is
const FRAME_MS = 1300;

/** Everything that came in: `{at, kind, level}`, the oldest first; `level` is what was called for from then on. */
function happenings(store) {
  const { acts = [], history = [] } = store.get("chronicle") ?? {};
  const reports = store.get("reports") ?? [];
  return [
    ...reports.map(({ recorded_at: at }) => ({ at, kind: "report" })),
    ...history.map(({ at, level }) => ({ at, kind: "level", level })),
    ...acts.map(({ recorded_at: at, level }) => ({ at, kind: "act", level })),
  ].map((one) => ({ ...one, ms: Date.parse(one.at) })).sort((one, other) => one.ms - other.ms);
}

/** Times to steps of the slider and back; a long quiet tail is drawn short. */
function scaleOf(began, last, now) {
  const whole = now - began;
  const knee = last > began && (now - last) / whole > QUIET_TAIL / STEPS ? last : now;
  const bend = knee === now ? STEPS : STEPS - QUIET_TAIL;
  return {
    toStep: (ms) => (ms <= knee ? ((ms - began) / (knee - began)) * bend : bend + ((ms - knee) / (now - knee)) * (STEPS - bend)),
    toTime: (step) => (step <= bend ? began + (step / bend) * (knee - began) : knee + ((step - bend) / (STEPS - bend)) * (now - knee)),
  };
}

export function mountTimeline(app) {
  const { store } = app;
  let timer = 0;
  let settling = 0;
  const event = () => store.get("events")?.find(({ id }) => id === store.get("event"));
  const frames = () => [...new Set([Date.parse(event().occurred_at), ...happenings(store).map(({ ms }) => Math.ceil(ms / 1000) * 1000)])]
    .filter((ms) => ms <= Date.now()).sort((one, other) => one - other);
  const goTo = (ms) => store.set({ at: ms >= Date.now() - 1000 ? null : new Date(ms).toISOString() });

  const stop = () => {
    clearInterval(timer);
    timer = 0;
    draw();
  };
  const step = (by) => {
    const here = store.get("at") ? Date.parse(store.get("at")) : Date.now();
    const all = frames();
    const next = by > 0 ? all.find((ms) => ms > here) : all.findLast((ms) => ms < here);
    if (next !== undefined) return goTo(next);
    if (by > 0) store.set({ at: null });
    return undefined;
  };
  const play = () => {
    if (timer) return stop();
    if (!store.get("at")) goTo(frames()[0]);
    timer = setInterval(() => {
      if (document.body.dataset.at !== (store.get("at") ?? "now")) return; // the last step is still coming in
      step(1);
      if (!store.get("at")) stop();
    }, FRAME_MS);
    return draw();
  };
  app.replay = { play, back: () => step(-1), on: () => step(1), live: () => { stop(); store.set({ at: null }); } };

  function draw() {
    const place = byId("timeline");
    place.hidden = !event();
    if (!event()) return;
    const at = store.get("at");
    const all = happenings(store);
    const [began, now] = [Date.parse(event().occurred_at), Date.now()];
    const scale = scaleOf(began, all.at(-1)?.ms ?? began, now);
    fill(place,
      button("timeline-play", timer ? "❚❚" : "▶", timer ? t("timeline.pause") : t("timeline.play"), play),
      button("timeline-back", "‹", t("timeline.back"), () => step(-1)),
      button("timeline-on", "›", t("timeline.on"), () => step(1)),
      h("div", { class: "track" }, track(all, scale, now), slider(scale, at ? Date.parse(at) : now)),
      h("output", { class: "at", id: "timeline-at", for: "timeline-slider" }, at ? moment(at) : clock(), h("small", {}, zoneLabel())),
      button("timeline-live", t("timeline.live"), t("timeline.live_title"), app.replay.live, !at));
  }

  function slider(scale, ms) {
    return h("input", { type: "range", id: "timeline-slider", min: 0, max: STEPS, step: "any", value: scale.toStep(ms),
      aria: { label: t("timeline.title"), valuetext: moment(ms) },
      onkeydown: (key) => {
        const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[key.key];
        if (!by) return;
        key.preventDefault();
        step(by);
      },
      oninput: (change) => {
        const wanted = Number(change.target.value) >= STEPS ? Date.now() : scale.toTime(Number(change.target.value));
        byId("timeline-at").firstChild.textContent = moment(wanted);
        clearTimeout(settling);
        settling = setTimeout(() => goTo(Math.round(wanted / 1000) * 1000), 120);
      } });
  }

  store.on("events event lang at chronicle reports minute", draw);
  store.on("event", stop, { now: false });
  store.on("at lang", () => mark(app));
}

const button = (id, sign, title, onclick, off = false) =>
  h("button", { type: "button", id, title, aria: { label: title }, disabled: off, onclick }, sign);

/** The level called for over time as a band, a stroke for each report, a diamond for each act. */
function track(all, { toStep }, now) {
  const levels = all.filter(({ kind }) => kind === "level");
  return h("svg:svg", { viewBox: `0 0 ${STEPS} 20`, preserveAspectRatio: "none", "aria-hidden": "true" },
    h("svg:rect", { x: 0, y: 7, width: STEPS, height: 6, class: "quiet" }),
    levels.map(({ ms, level }, place) => h("svg:rect", { x: toStep(ms), y: 7, height: 6,
      width: Math.max(toStep(levels[place + 1]?.ms ?? now) - toStep(ms), 0), class: "band", data: { grade: level ?? "none" } })),
    all.filter(({ kind }) => kind === "report").map(({ ms }) => h("svg:line", { x1: toStep(ms), x2: toStep(ms), y1: 1, y2: 7, class: "report" })),
    all.filter(({ kind }) => kind === "act").map(({ ms, level }) => h("svg:rect", { x: toStep(ms) - 2, y: 3, width: 4, height: 14, class: "act", data: { level } })));
}

/** While the past is on the screen, everything says so. */
function mark(app) {
  const { store } = app;
  const at = store.get("at");
  document.body.classList.toggle("replay", Boolean(at));
  const ribbon = byId("ribbon");
  ribbon.hidden = !at;
  if (!at) return;
  fill(ribbon, h("strong", {}, t("timeline.replay")), h("span", {}, t("timeline.as_known", { time: moment(at), zone: zoneLabel() })),
    h("button", { type: "button", class: "plain", id: "ribbon-live", onclick: app.replay.live }, t("timeline.to_live")));
}

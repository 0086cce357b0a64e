// The one map: brings the parts together around one store, and says when all that was asked for is shown.
import { mountAlerts } from "./alerts.js";
import { get } from "./api.js";
import { assignmentPanel } from "./assignment.js";
import { boardPanel } from "./board.js";
import { comparePanel } from "./compare.js";
import { coveragePanel } from "./coverage.js";
import { checkingPanel, mountChecking } from "./checking.js";
import { closuresPanel } from "./closures.js";
import { checksPanel, mountTables } from "./tables.js";
import { mountDetails } from "./details.js";
import { dispatchPanel } from "./dispatch.js";
import { byId, fill, h } from "./dom.js";
import { createDrawing } from "./drawing.js";
import { entryPanel } from "./entry.js";
import { mountFigures } from "./figures.js";
import { loadLanguage, t } from "./i18n.js";
import { mountKeys } from "./keys.js";
import { mountLayers } from "./layers.js";
import { levelPanel, mountLevelBadge } from "./level.js";
import { chosenEvent, mountLink, startLive } from "./live.js";
import { canDraw, createMap } from "./map.js";
import { createOverlay } from "./overlay.js";
import { mountPanels } from "./panels.js";
import { personsPanel } from "./persons.js";
import { sitingPanel } from "./siting.js";
import { requestsPanel } from "./requests.js";
import { createStore } from "./store.js";
import { styleOf } from "./style.js";
import { supplyPanel } from "./supply.js";
import { teamsPanel } from "./teams.js";
import { mountTimeline } from "./timeline.js";
import { mountCredits, mountEvent, mountTools } from "./tools.js";
import { RESULTS, keepAddress, readAddress } from "./urlstate.js";

const asked = readAddress();
const store = createStore({
  ...asked, link: { up: true, lastAnswer: Date.now() }, streaming: false, resumed: 0, changes: [], told: {}, toCheck: null, minute: 0, legend: [], flat: false,
  session: null, events: null, plans: null, collections: null, casualties: null, townships: null,
  level: null, chronicle: null, reporting: null, links: null, reports: null,
});
const app = { store, map: null, overlay: createOverlay(), flyToSelection: false, refresh: async () => {} };

app.drawing = createDrawing(app);

app.select = (what, { fly = false } = {}) => {
  app.flyToSelection = fly;
  store.set({ select: what });
};

app.note = (words) => {
  const note = byId("note");
  note.hidden = !words;
  if (words) fill(note, h("p", {}, words));
};

function mountPage() {
  mountTools(app);
  mountEvent(app);
  mountLink(app);
  mountFigures(app);
  mountLevelBadge(app);
  mountLayers(app);
  mountCredits(app);
  mountPanels(app, [levelPanel, boardPanel, personsPanel, entryPanel, sitingPanel, coveragePanel,
    assignmentPanel, comparePanel, closuresPanel, supplyPanel, dispatchPanel, requestsPanel, checksPanel, checkingPanel, teamsPanel]);
  mountTables(app);
  mountDetails(app);
  mountTimeline(app);
  mountKeys(app);
  mountAlerts(app);
  mountChecking(app);
}

/** The selection that a click means: refused ground first, then what is drawn on top. */
function whatIsAt(point) {
  const [top] = app.map.featuresAt(point).filter(({ source }) => !["selected", "grounds", "gap", "cuts", "sketch"].includes(source));
  if (!top) return null;
  const { candidate, select } = top.properties;
  return select ?? (candidate !== undefined && !top.id ? `${top.source}/${candidate}` : `${top.source}/${top.id}`);
}

/** Tables in the map's place, and a sentence that says why; the sources are still named. */
async function showFlat(words, values) {
  store.set({ flat: true });
  app.note(t(words, values));
  await styleOf(app).catch(() => null);
}

/** The map where the browser can draw it; the tables and a sentence where it can't. */
async function mountMap() {
  try {
    if (!canDraw()) return await showFlat("map.no_webgl");
    app.map = await createMap(app);
  } catch (problem) {
    return await showFlat("map.no_style", { why: problem.message });
  }
  app.alerts.redraw();
  app.map.map.on("click", ({ point }) => app.drawing.isOn() || app.select(whatIsAt(point)));
  await app.map.settled();
}

/** Where no stream tells of changes: what changed counts and figures mean for the tiles on the screen. */
function keepTilesFresh() {
  const asks = () => !store.get("at") && !store.get("streaming");
  store.on("casualties townships", () => asks() && app.map?.refreshLayers(["casualties"]), { now: false });
  let before = { at: null, list: null };
  store.on("collections", () => {
    const now = { at: store.get("at"), list: store.get("collections") };
    const changed = (now.list ?? []).filter((one) => JSON.stringify(one) !== JSON.stringify(before.list?.find(({ id }) => id === one.id)));
    if (before.list && before.at === now.at && changed.length && !store.get("streaming")) app.map?.refreshLayers(changed.map(({ id }) => id));
    before = now;
  }, { now: false });
}

/** An exercise is striped all over, so that nobody takes it for the real thing. */
function markExercise() {
  const event = store.get("events")?.find(({ id }) => id === store.get("event"));
  document.body.classList.toggle("exercise", Boolean(event?.exercise));
}

async function start() {
  document.documentElement.dataset.theme = store.get("theme");
  await loadLanguage(store.get("lang"));
  const [session, { events, event }, { plans }] = await Promise.all([
    get("/api/session"), chosenEvent(store.get("event")), get("/api/plans").catch(() => ({ plans: [] })),
  ]);
  store.set({ session, events, event, plans });
  mountPage();
  keepAddress(store);
  store.on("panel", () => app.overlay.withPanel(store.get("panel")));
  store.on("events event", markExercise);
  store.on("event", () => store.set(Object.fromEntries(RESULTS.map((name) => [name, null]))), { now: false });
  store.on("theme", () => { document.documentElement.dataset.theme = store.get("theme"); });
  app.refresh = startLive(app);
  setInterval(() => store.set({ minute: Math.floor(Date.now() / 60000) }), 5000);
  await Promise.all([event ? app.refresh() : null, mountMap(), document.fonts.ready]);
  keepTilesFresh();
  document.body.dataset.ready = "true";
}

/** The words of a language come before anybody is told that it changed. */
const set = store.set;
store.set = (patch) => {
  if (patch.lang && patch.lang !== store.get("lang")) loadLanguage(patch.lang).then(() => set(patch), () => {}); // with no link the words stay as they are
  else set(patch);
};

start().catch((problem) => {
  if (problem.status === 401) location.reload();
  app.note(`${t("app.failed")} ${problem.message}`);
  document.body.dataset.ready = "failed";
});

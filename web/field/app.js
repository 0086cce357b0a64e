// The field page: it opens with no network, and nothing that was saved here is ever lost by it.
import { get, post } from "../js/api.js";
import { byId, fill, h } from "../js/dom.js";
import { LANGUAGES, loadLanguage, t } from "../js/i18n.js";
import { drop, keep, kept, reports } from "./depot.js";
import { showForm } from "./form.js";
import { showList } from "./list.js";
import { onOutbox, sendNow, startOutbox, State, waits } from "./outbox.js";
import { prepare } from "./pack.js";
import { teamChoice, teamsKept, tellPosition } from "./team.js";
import { exportReports, importReports } from "./transfer.js";
import { clockWords } from "./words.js";

const state = { session: undefined, up: navigator.onLine, form: false, problem: null };

const list = async () => {
  state.form = false;
  await showList({ session: state.session ?? (await kept("session")), onkind, onedit: (entry) => form({ entry }) });
};

async function form(what) {
  state.form = true;
  await showForm({ ...what, done: async () => { await list(); sendNow(); } });
}

async function onkind(kind) {
  if (!(await kept("event"))) return notice(t("event.none"));
  return form({ kind });
}

function notice(sentence) {
  state.problem = sentence;
  return notices();
}

/** What the person has to know, one line each: not signed in, no https, no event. */
async function notices() {
  const event = await kept("event");
  const ask = state.session === null;
  fill(byId("notices"),
    !window.isSecureContext && h("p", { class: "notice" }, t("insecure.explain"), " ", h("a", { href: "/install" }, t("insecure.how"))),
    ask && signInForm(),
    event && h("p", { class: "event" }, event.exercise && h("b", {}, t("event.exercise")), event.name),
    state.problem && h("p", { class: "notice", role: "alert" }, state.problem));
}

function signInForm() {
  const token = h("input", { type: "password", id: "token", autocomplete: "current-password", maxlength: 200, required: true, aria: { label: t("sign_in.token") } });
  return h("form", { class: "sign-in", onsubmit: async (event) => {
    event.preventDefault();
    try {
      await post("/api/session", { token: token.value.trim() });
      state.problem = null;
      await begin();
      await sendNow();
    } catch (problem) {
      await notice(t(problem.status === 401 ? "sign_in.refused" : "sign_in.no_link"));
    }
  } }, h("p", {}, t("sign_in.explain")), h("div", { class: "row" }, token, h("button", { type: "submit", class: "primary" }, t("sign_in.enter"))));
}

async function link() {
  const waiting = (await reports()).filter(waits).length;
  byId("link").dataset.up = String(state.up);
  byId("link").textContent = `${t(state.up ? "link.up" : "link.down")}${waiting ? ` · ${t("link.waiting", { waiting })}` : ""}`;
}

/** Asks who is signed in and what events there are; without the network what was kept stands. */
async function begin() {
  try {
    state.session = await get("/api/session");
    await keep("session", state.session);
    const { events } = await get("/api/events");
    const open = events.filter((event) => event.state !== "closed");
    const chosen = (await kept("event"))?.id;
    await keep("events", open.map(({ id, name, area, exercise }) => ({ id, name, area, exercise })));
    await keep("event", open.find(({ id }) => id === chosen) ?? open[0] ?? null);
    await teamsKept();
  } catch (problem) {
    if (problem.status === 401) state.session = null;
  }
  await notices();
}

/** The sheet behind the button in the corner: event, language, offline, files. */
async function more() {
  const [events, event, pack] = [await kept("events") ?? [], await kept("event"), await kept("pack")];
  const progress = h("progress", { max: 1, value: 0, hidden: true });
  const told = h("p", { role: "status" }, pack ? t("offline.ready", { at: clockWords(pack.at), villages: pack.villages.length }) : t("offline.missing"));
  const file = h("input", { type: "file", id: "import", accept: ".json,application/json", onchange: async () => {
    try {
      told.textContent = t("transfer.taken", await importReports(file.files[0]));
      await list();
      sendNow();
    } catch {
      told.textContent = t("transfer.wrong");
    }
  } });
  const dialog = h("dialog", { class: "sheet" },
    h("h2", {}, t("more.title")),
    h("label", {}, t("event.title"), h("select", { id: "event", onchange: async ({ target }) => { await keep("event", events.find(({ id }) => id === target.value)); await notices(); } },
      events.map(({ id, name }) => h("option", { value: id, selected: id === event?.id }, name)))),
    await teamChoice(),
    h("button", { type: "button", id: "prepare", onclick: async () => {
      progress.hidden = false;
      try {
        const made = await prepare(event.area, (share) => { progress.value = share; });
        told.textContent = t("offline.ready", { at: clockWords(made.at), villages: made.villages.length });
      } catch {
        told.textContent = t("offline.failed");
      }
      progress.hidden = true;
    } }, t("offline.prepare")), progress, told,
    h("button", { type: "button", id: "export-all", onclick: async () => exportReports((await reports()).filter((entry) => entry.state !== "sent")) }, t("transfer.export")),
    h("label", { class: "button", for: "import" }, t("transfer.import"), file),
    h("button", { type: "button", id: "clear-sent", onclick: async () => {
      const sent = (await reports()).filter((entry) => entry.state === State.SENT);
      for (const { id } of sent) await drop(id);
      told.textContent = t("outbox.cleared", { sent: sent.length });
      await list();
    } }, t("outbox.clear")),
    h("div", { class: "row" }, LANGUAGES.map((name) => h("button", { type: "button", onclick: () => speak(name) }, name === "en" ? "English" : "中文"))),
    h("a", { class: "button", href: "/install" }, t("insecure.how")),
    h("button", { type: "button", class: "primary", id: "close", onclick: () => dialog.close() }, t("more.close")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

async function speak(name) {
  await loadLanguage(name);
  localStorage.setItem("reliefmap.lang", name);
  document.querySelector("dialog")?.close();
  await Promise.all([list(), notices(), link()]);
}

async function onOutboxChange(told) {
  if ("session" in told && told.session !== undefined) state.session = told.session;
  if ("up" in told) state.up = told.up;
  if (told.session) await keep("session", told.session).catch(() => {}); // a full phone goes on all the same
  await link();
  if ("session" in told) await notices();
  if (!state.form) await list();
}

const wished = localStorage.getItem("reliefmap.lang");
await loadLanguage(LANGUAGES.includes(wished) ? wished : LANGUAGES[0]);
if (navigator.serviceWorker) navigator.serviceWorker.register("/report/sw.js", { scope: "/report" }).catch(() => {});
navigator.storage?.persist?.().catch(() => {});
byId("more").addEventListener("click", more);
document.addEventListener("outbox", list);
onOutbox(onOutboxChange);
await list();
await begin();
await link();
document.body.dataset.ready = "true";
startOutbox();
tellPosition(() => state.up);

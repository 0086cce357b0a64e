// Requests for goods: what is asked for, on the way or has come, and the next step of each.
import { get, newKey, post } from "./api.js";
import { h } from "./dom.js";
import { choice, faultAt, field, may, notAllowed, numeral, refusal, text } from "./forms.js";
import { number, t } from "./i18n.js";
import { downloads } from "./results.js";
import { moment } from "./time.js";
import { itemName } from "./supply.js";

const STATES = ["requested", "sent", "received", "refused", "cancelled", "compensated"];
const FORMS = ["xlsx", "csv"];
let only = "";
let list = { stamp: null, items: [], next: null };
let norms = null;
let step = null;

/** Reads the list anew when it is next shown. */
export const forgetRequests = () => { list.stamp = null; };

export const requestsPanel = {
  id: "requests",
  tab: "supply",
  page: true,
  keys: "lang event session minute told",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (list.stamp !== stamp(app) && !step?.id) load(app);
    return [
      field({ id: "requests-state", label: t("requests.state"), control: choice(only, [["", t("requests.all")], ...STATES.map((code) => [code, t(`request.${code}`)])], (code) => { only = code; load(app); }) }),
      downloads(`${about(app)}/supply-requests/file`, FORMS),
      h("p", { class: "quiet", id: "requests-count", data: { count: list.items.length } }, list.items.length ? t("requests.count", { count: number(list.items.length) }) : t("requests.none")),
      h("ol", { class: "requests" }, list.items.map((request) => item(request, app))),
      list.next ? h("button", { type: "button", class: "secondary", onclick: () => more(app) }, t("requests.more")) : null];
  },
};

/** The list is read anew when others work on it too, and every minute; not under somebody's hands. */
const stamp = ({ store }) => `${store.get("event")} ${store.get("minute")} ${store.get("told").supply_requests}`;
const about = (app) => `/api/events/${encodeURIComponent(app.store.get("event"))}`;

async function load(app) {
  const asked = stamp(app);
  list.stamp = asked;
  norms ??= (await get("/api/supply-norms").catch(() => ({ items: [] }))).items;
  const { items, next } = await get(`${about(app)}/supply-requests?limit=100${only ? `&state=${only}` : ""}`).catch(() => ({ items: [], next: null }));
  list = { stamp: asked, items, next };
  if (app.store.get("panel") === "requests") app.redrawPanel();
}

async function more(app) {
  const { items, next } = await get(list.next);
  list = { ...list, items: [...list.items, ...items], next };
  app.redrawPanel();
}

function item(request, app) {
  const { id, state, quantity, unit, depot, depot_name: from, shelter, shelter_name: to, received_quantity: received } = request;
  const place = (select, name) => h("button", { type: "button", class: "plain", onclick: () => app.select(select, { fly: true }) }, name);
  return h("li", { data: { state } },
    h("p", {}, h("span", { class: `badge state-${state}` }, t(`request.${state}`)), " ", h("strong", {}, `${itemName(norms, request.item)} ${number(quantity)} ${unit}`),
      received !== null && received !== quantity ? h("span", { class: "warning" }, t("requests.received", { count: number(received), unit })) : null),
    h("p", {}, place(`depots/${depot}`, from), " → ", place(`shelters/${shelter}`, to)),
    h("p", { class: "quiet" }, request.steps.map((one) => `${t(`request.${one.state}`)} ${moment(one.at)} ${one.by}${one.reason ? ` (${one.reason})` : ""}`).join(" · ")),
    step?.id === id ? stepForm(request, app)
      : h("p", { class: "actions" }, request.next.map((next) => h("button", { type: "button", class: "plain", id: `step-${next}-${id}`, onclick: () => {
        step = { id, state: next, key: newKey(), by: step?.by ?? "", reason: "", received_quantity: quantity, compensation_yuan: null, problem: null };
        app.redrawPanel();
      } }, t(`requests.step.${next}`)))));
}

function stepForm({ id, quantity, unit }, app) {
  const change = (name) => (value) => { step[name] = value; };
  const said = (name, control, suffix) => field({ id: `step-${name}`, label: t(`requests.${name}`), unit: suffix, fault: faultAt(step.problem, `/${name}`), control });
  return h("form", { class: "form", novalidate: true, onsubmit: (event) => { event.preventDefault(); take(id, app); } },
    refusal(step.problem),
    said("by", text(step.by, change("by"))),
    step.state === "received" && said("received_quantity", numeral(step.received_quantity, change("received_quantity"), { max: quantity }), unit),
    step.state === "compensated" && said("compensation_yuan", numeral(step.compensation_yuan, change("compensation_yuan")), t("requests.yuan")),
    ["received", "refused", "cancelled"].includes(step.state) && said("reason", text(step.reason, change("reason"))),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary", id: "step-send" }, t(`requests.step.${step.state}`)),
      h("button", { type: "button", class: "plain", onclick: () => { step = { by: step.by }; app.redrawPanel(); } }, t("drawing.cancel"))));
}

async function take(id, app) {
  const { state, by, reason, received_quantity, compensation_yuan, key } = step;
  const body = { state, by, ...(reason ? { reason } : {}), ...(state === "received" ? { received_quantity } : {}), ...(state === "compensated" ? { compensation_yuan } : {}) };
  try {
    const taken = await post(`${about(app)}/supply-requests/${id}/steps`, body, key);
    list = { ...list, items: list.items.map((one) => (one.id === id ? taken : one)) };
    step = { by };
  } catch (problem) {
    step = { ...step, problem, key: newKey() };
  }
  app.redrawPanel();
}

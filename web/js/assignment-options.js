// The question of an assignment: whose homes, which shelters, which way, and by which rules.
import { h } from "./dom.js";
import { choice, faultAt, field, numeral } from "./forms.js";
import { t } from "./i18n.js";

const GROUPS = ["subsistence_allowance", "destitute", "disabled", "left_behind_elder", "left_behind_child", "orphan",
  "preferential_care", "veteran_old_disabled", "military_family"];
/** Which shelters, and what the question says of them; in severe cold nobody sleeps out of doors. */
const KINDS = { all: {}, indoor: { indoor_only: true }, outdoor: { shelters: { kinds: ["outdoor"] } } };
const WAYS = ["straight", "vehicle", "walking"];
/** What a plan's parameters and a question have in common, besides the filters. */
const KEPT = ["max_distance_m", "distance", "travel", "priority", "unsafe", "reserve_share"];

export const newQuestion = () => ({ max_distance_m: null, priority: ["disabled", "left_behind_elder"], area: "", kinds: "all", distance: "straight",
  unsafe: "exclude", keep_together: "household", reserve_percent: null, weight: null });

export function questionFields(draft, app, problem) {
  const change = (name) => (value) => { draft[name] = value; };
  const fault = (name) => faultAt(problem, `/${name}`);
  const counties = (app.store.get("casualties")?.areas ?? []).map(({ area, name }) => [area, name]);
  const pick = (id, name, codes) => field({ id: `assignment-${id}`, label: t(`assignment.${id}`), fault: fault(name), control: choice(draft[name], codes.map((code) => [code, t(`assignment.${id}.${code}`)]), change(name)) });
  return [
    h("div", { class: "row" },
      field({ id: "assignment-area", label: t("assignment.area"), control: choice(draft.area, [["", t("siting.whole_area")], ...counties], change("area")) }),
      pick("kinds", "kinds", Object.keys(KINDS))),
    h("div", { class: "row" },
      pick("way", "distance", WAYS),
      field({ id: "assignment-distance", label: t("assignment.max_distance"), unit: "m", hint: t("assignment.max_distance_hint"),
        fault: fault("max_distance_m"), control: numeral(draft.max_distance_m, change("max_distance_m")) })),
    h("details", { class: "fold" }, h("summary", {}, t("assignment.options")),
      h("div", { class: "row" }, pick("unsafe", "unsafe", ["exclude", "allow"]), pick("together", "keep_together", ["household", "village"])),
      h("div", { class: "row" },
        field({ id: "assignment-reserve", label: t("assignment.reserve"), unit: "%", fault: fault("reserve_share"), control: numeral(draft.reserve_percent, change("reserve_percent"), { max: 90 }) }),
        field({ id: "assignment-weight", label: t("assignment.weight"), unit: "×", fault: fault("weights"), control: numeral(draft.weight, change("weight"), { min: 1, max: 100, step: 0.5 }) }))),
    h("details", { class: "fold", open: true }, h("summary", {}, t("assignment.priority")),
      h("div", { class: "checks" }, GROUPS.map((code) => h("label", {},
        h("input", { type: "checkbox", id: `group-${code}`, checked: draft.priority.includes(code), onchange: ({ target }) => {
          draft.priority = target.checked ? [...draft.priority, code] : draft.priority.filter((other) => other !== code); } }),
        t(`group.${code}`))))),
  ];
}

/** The same as the server takes it. */
export function questionAsked({ max_distance_m: most, priority, area, kinds, distance, unsafe, keep_together: together, reserve_percent: reserve, weight }) {
  return {
    priority, unsafe, keep_together: together,
    ...(distance === "straight" ? { distance } : { distance: "road", travel: distance }),
    ...(most ? { max_distance_m: most } : {}),
    ...(area ? { households: { areas: [area] } } : {}), ...KINDS[kinds],
    ...(reserve ? { reserve_share: reserve / 100 } : {}), ...(weight > 1 ? { weights: Object.fromEntries(priority.map((group) => [group, weight])) } : {}),
  };
}

const stated = (filter) => Object.fromEntries(Object.entries(filter ?? {}).filter(([, value]) => value !== null));

/** The question of a plan on file, asked again with that plan kept. */
export const questionKeeping = ({ id, parameters }, price, arrived) => ({
  ...Object.fromEntries(KEPT.filter((name) => parameters[name] !== null && parameters[name] !== undefined).map((name) => [name, parameters[name]])),
  households: stated(parameters.households), shelters: stated(parameters.shelters), keep: id, arrived, ...(price === null ? {} : { moving_price_m: price }),
});

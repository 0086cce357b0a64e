// What else a siting may ask for: classes of the standards, shape and slope of the ground, sites that stand already.
import { h } from "./dom.js";
import { choice, faultAt, field, numeral } from "./forms.js";
import { named, t } from "./i18n.js";

export const newOptions = () => ({ shelter_class: "", min_width_m: null, max_slope_percent: null, trim: false, fixed: false,
  intensity: "", building_class: "", edition: "", trace: "" });

/** The options as a fold; `standards` is what the server has on file. */
export function optionsField(options, standards, problem) {
  const change = (name) => (value) => { options[name] = value; };
  const fault = (name) => faultAt(problem, `/${name}`);
  const pick = (name, entries) => field({ id: `siting-${name}`, label: t(`siting.${name}`), fault: fault(name), control: choice(options[name], [["", t("siting.unset")], ...entries], change(name)) });
  const check = (name) => h("label", {}, h("input", { type: "checkbox", id: `siting-${name}`, checked: options[name], onchange: ({ target }) => { options[name] = target.checked; } }), t(`siting.${name}`));
  const { shelter_classes: classes = [], fault_editions: editions = [], building_classes: buildings = {}, most_slope_percent: slope } = standards ?? {};
  return h("details", { class: "fold", id: "siting-options" }, h("summary", {}, t("siting.options")),
    h("div", { class: "row" },
      pick("shelter_class", classes.map((one) => [one.code, `${named(one)} ${one.ground_per_person_m2} m²`])),
      field({ id: "siting-min_width_m", label: t("siting.min_width_m"), unit: "m", fault: fault("min_width_m"), control: numeral(options.min_width_m, change("min_width_m")) })),
    h("div", { class: "row" },
      field({ id: "siting-max_slope_percent", label: t("siting.max_slope_percent"), unit: "%", fault: fault("max_slope_percent"),
        control: Object.assign(numeral(options.max_slope_percent, change("max_slope_percent")), { placeholder: slope ? String(slope.value) : "" }) }),
      pick("trace", ["exposed", "buried"].map((code) => [code, t(`siting.trace.${code}`)]))),
    h("div", { class: "row three" },
      pick("intensity", [7, 8, 9].map((degree) => [String(degree), t("siting.degree", { degree })])),
      pick("building_class", Object.entries(buildings)),
      pick("edition", editions.map(({ id }) => [id, id]))),
    h("p", { class: "hint" }, t("siting.by_intensity")),
    h("div", { class: "checks" }, check("trim"), check("fixed")));
}

/** The same as the question takes it. */
export function optionsAsked(options, objective, perPerson) {
  const { fixed, trim, intensity, ...rest } = options;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== "" && value !== null));
  const places = objective === "capacitated_p_median" && !options.shelter_class ? { ground_per_person_m2: perPerson } : {};
  return { ...given, ...places, ...(intensity ? { intensity: Number(intensity) } : {}), ...(trim ? { trim } : {}), ...(fixed ? { fixed: "existing" } : {}) };
}

/** A fault's distance is looked up where intensity and building class are told. */
export const looksUp = ({ intensity, building_class: building }, layer) => layer === "faults" && Boolean(intensity && building);

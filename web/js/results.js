// What every result has beside its figures: what it was asked by, files of it, earlier ones, and asking again.
import { h } from "./dom.js";
import { ringOf, sizeOf } from "./drawing.js";
import { has, isChinese, number, t } from "./i18n.js";
import { collectionName } from "./layers.js";
import { moment } from "./time.js";

const MOST_LISTED = 30;

/** Files of a result, one link for each form; `labels` where several papers can be had. */
export function downloads(address, forms, label = t("results.download")) {
  const [path, query] = address.split("?");
  return h("p", { class: "downloads" }, h("span", {}, label), forms.map((form) =>
    h("a", { href: `${path}?${query ? `${query}&` : ""}f=${form}`, download: "", data: { form } }, has(`form.${form}`) ? t(`form.${form}`) : form.toUpperCase())));
}

/** By what a result was found: its parameters, and the state of the data that it rests on. */
export function parametersOf(parameters, version, more = []) {
  const rows = Object.entries(parameters ?? {}).filter(([, value]) => !isEmpty(value));
  return h("details", { class: "fold parameters" }, h("summary", {}, t("results.parameters")),
    h("dl", { class: "pairs" },
      rows.map(([name, value]) => [h("dt", {}, nameOf(name)), h("dd", {}, inWords(name, value))]),
      more.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
      version ? [h("dt", {}, t("results.data_version")), h("dd", { class: "version" }, typeof version === "object" ? JSON.stringify(version) : String(version))] : null));
}

const isEmpty = (value) => value === null || value === undefined || value === ""
  || (typeof value === "object" && Object.values(value).every(isEmpty));
const nameOf = (name) => (has(`parameter.${name}`) ? t(`parameter.${name}`) : name);
const listed = (words) => words.join(isChinese() ? "、" : ", ");

function inWords(name, value) {
  if (name === "within") return sizeOf("polygon", ringOf(value));
  const term = [`siting.${name}.${value}`, `group.${value}`, `parameter.${name}.${value}`].find(has);
  if (term) return t(term);
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number") return number(value, 3);
  if (Array.isArray(value)) return value.length > 12 ? t("results.many", { count: number(value.length) }) : listed(value.map((one) => inWords(name, one)));
  if (value !== null && typeof value === "object") {
    return listed(Object.entries(value).filter(([, one]) => !isEmpty(one))
      .map(([key, one]) => `${has(`collection.${key}`) ? collectionName(key) : nameOf(key)} ${inWords(key, one)}`));
  }
  return String(value);
}

/** Earlier results, the newest first; a press opens one, and the address then names it. */
export function earlier({ id, rows, open, tell, choose }) {
  if (!rows?.length) return null;
  return h("details", { class: "fold earlier", id: `${id}-earlier`, open: !open }, h("summary", {}, t("results.earlier", { count: number(rows.length) })),
    h("ol", { class: "plain-list" }, rows.slice(0, MOST_LISTED).map((row) => h("li", {},
      h("button", { type: "button", class: "plain", id: `${id}-open-${row.id}`, aria: { current: row.id === open ? "true" : "false" }, onclick: () => choose(row.id) },
        h("time", {}, moment(row.created_at)), " ", tell(row))))));
}

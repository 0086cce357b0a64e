// What the columns of a collection are called and what their codes mean, as the server's schema says.
import { get } from "./api.js";
import { has, isChinese, named, number, t } from "./i18n.js";
import { moment } from "./time.js";

const schemas = new Map();

/** The columns of a collection by name; empty when the server doesn't know it. */
export async function schemaOf(collection) {
  if (!schemas.has(collection)) {
    schemas.set(collection, await get(`/ogc/collections/${collection}/schema`).then(({ properties }) => properties, () => ({})));
  }
  return schemas.get(collection);
}

export const columnTitle = (name, column = {}) => named(column["x-titles"] ?? column.title) || name;

/** The unit that a column states, in the language in use. */
export const unitInWords = (unit) => (unit && has(`unit.${unit}`) ? t(`unit.${unit}`) : unit);

/** A value as a person reads it: codes by their names, times in Shanghai, numbers with their unit. */
export function inWords(value, column = {}) {
  if (value === null || value === undefined || value === "") return "—";
  if (Array.isArray(value)) return value.map((one) => inWords(one, column.items)).join(isChinese() ? "、" : ", ") || "—";
  if (typeof value === "object") return Object.values(value).map((one) => inWords(one)).join(" ");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (has(`facility.${value}`)) return t(`facility.${value}`);
  if (typeof value === "number") return [number(value, 1), unitInWords(column["x-unit"])].filter(Boolean).join(" ");
  const term = column.oneOf?.find((one) => one.const === value);
  if (term) return named(term["x-titles"] ?? term.title);
  return column.format === "date-time" ? moment(value) : value;
}

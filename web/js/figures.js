// The row of figures: each with its age and how many counties stand behind it.
import { byId, fill, h } from "./dom.js";
import { number, t } from "./i18n.js";
import { age, isStale, moment, nowOf } from "./time.js";
import { HEADLINES, sumOf, unitOf } from "./vocabulary.js";

const shown = new Map();

export function mountFigures({ store }) {
  const draw = () => fill(byId("figures"), HEADLINES.map((headline) => tile(headline, store.get("casualties"), nowOf(store))));
  store.on("casualties lang minute at", draw);
  store.on("event", () => shown.clear());
}

function tile({ id, of }, casualties, now) {
  const counties = casualties?.areas ?? [];
  const behind = counties.filter((county) => sumOf(county.figures, of) !== null);
  const value = sumOf(casualties?.total?.figures ?? casualties?.total, of);
  const newest = behind.map((county) => county.as_of).filter(Boolean).sort().at(-1);
  const changed = shown.has(id) && shown.get(id) !== value;
  if (casualties) shown.set(id, value);
  return h("article", { class: changed ? "figure changed" : "figure", data: { figure: id, value: value ?? "" } },
    h("h2", {}, t(`figure.${id}`)),
    value === null
      ? h("p", { class: "value unreported" }, casualties ? t("figure.unreported") : "…")
      : h("p", { class: "value" }, number(value), h("small", {}, t(`figure.unit.${unitOf(of[0])}`))),
    h("p", { class: newest && isStale(newest, now) ? "age stale" : "age", title: newest ? t("figure.as_of", { time: moment(newest) }) : "" },
      newest ? [h("span", { class: "when" }, t("figure.as_of", { time: moment(newest) })), h("span", {}, age(newest, now))] : "—"),
    coverage(behind.length, counties.length));
}

function coverage(reported, all) {
  if (!all) return h("p", { class: "coverage" }, "—");
  const pips = h("span", { class: "pips", aria: { hidden: "true" } },
    all <= 12 && Array.from({ length: all }, (_, place) => h("i", { class: place < reported ? "in" : null })));
  return h("p", { class: "coverage" }, pips, t("figure.coverage", { reported, all }));
}

// Why a level: what was reached with the reports behind it, how far to the next, what nobody knows, and the
// anticipated and lowered evaluations beside the reported one.
import { h } from "./dom.js";
import { isChinese, number, t } from "./i18n.js";
import { moment } from "./time.js";
import { indicatorName, unitName } from "./vocabulary.js";

export const section = (key, ...content) => h("section", { class: "block" }, h("h3", {}, t(key)), ...content);
export const chip = (level) => h("span", { class: "chip", data: { grade: level ?? "none" } }, level ?? "–");
export const listed = (words) => words.join(isChinese() ? "、" : ", ");

export const measureName = ({ counted = [], not_reported: silent = [] }) =>
  [...counted, ...silent.filter((code) => !counted.includes(code))].map(indicatorName).join(" + ");

export const findingInWords = (finding) =>
  `${measureName(finding)} ${number(finding.value, 1)} ${unitName(finding.unit)} ≥ ${number(finding.threshold)}`;

const BASES = ["reported", "lowered", "anticipated"];

/** The levels side by side: on what was reported, under lowered conditions, on what is held likely. */
export function besides(level) {
  return h("div", { class: "bases" }, BASES.map((basis) => {
    const found = level[basis];
    const finding = found?.findings[0];
    return h("div", { class: found ? "basis" : "basis absent", data: { basis } },
      h("p", {}, t(`level.basis.${basis}`)), chip(found ? found.level : null),
      h("p", { class: "quiet" }, found ? (finding ? finding.clause : t("level.none_short")) : t("level.basis.absent")));
  }));
}

export function findings({ findings: found }, app) {
  if (!found.length) return h("p", {}, t("level.no_findings"));
  return h("ul", { class: "findings" }, found.map((finding) =>
    h("li", {}, chip(finding.level),
      h("div", {},
        h("p", {}, measureName(finding), finding.area ? ` · ${nameOf(app, finding.area)}` : ""),
        h("p", { class: "measure" }, h("strong", {}, number(finding.value, 1)), ` ${unitName(finding.unit)} ≥ ${number(finding.threshold)}`,
          h("span", { class: "clause" }, t("level.clause", { clause: finding.clause }))),
        finding.not_reported?.length && finding.counted?.length
          ? h("p", { class: "quiet" }, t("level.at_least", { missing: listed(finding.not_reported.map(indicatorName)) })) : null,
        sources(finding, app)))));
}

const nameOf = ({ store }, code) => ["casualties", "townships"].flatMap((name) => store.get(name)?.areas ?? []).find(({ area }) => area === code)?.name ?? code;

/** The reports that a figure adds up from: county by county, when true, who says so. */
function sources({ sources: behind = [], counted = [] }, app) {
  if (!behind.length) return null;
  const reports = new Map((app.store.get("reports") ?? []).map((report) => [report.id, report]));
  return h("details", { class: "sources" }, h("summary", {}, t("level.sources", { count: behind.length })),
    h("table", { class: "grid" }, h("tbody", {}, behind.map(({ indicator, report, area, value }) => {
      const said = reports.get(report);
      return h("tr", {}, h("th", { scope: "row" }, nameOf(app, area), counted.length > 1 ? h("small", {}, indicatorName(indicator)) : null),
        h("td", { class: "numeral" }, number(value, 1)),
        h("td", { class: "quiet" }, said ? [`${t(`stage.${said.stage}`)} ${moment(said.as_of)}`, said.source && h("small", {}, said.source)] : report));
    }))));
}

export function next({ level, next: steps }) {
  if (level === "I") return h("p", {}, t("level.highest"));
  return h("ul", { class: "steps" }, steps.map((step) => {
    const reached = step.value === null ? 0 : Math.min(Number(step.value) / Number(step.threshold), 1);
    return h("li", {}, chip(step.level),
      h("div", {},
        h("p", {}, measureName(step)),
        h("progress", { value: reached, max: 1, aria: { label: measureName(step) } }),
        h("p", { class: "measure" },
          step.value === null ? t("figure.unreported") : h("strong", {}, number(step.value, 1)),
          ` / ${number(step.threshold)} ${unitName(step.unit)}`,
          h("span", { class: "clause" }, step.missing === null ? t("level.missing_unknown")
            : t("level.missing", { missing: number(step.missing, 1), unit: unitName(step.unit) })))));
  }));
}

/** What nobody stated, with the highest level that it could hide. */
export function unknowns(list, app) {
  const places = (area) => (area ? ` · ${nameOf(app, area)}` : "");
  return h("ul", { class: "findings" }, list.map(({ indicator, area, could_hide: hidden }) =>
    h("li", {}, chip(hidden), h("p", {}, t("level.could_hide", { what: `${indicatorName(indicator)}${places(area)}`, level: t(`level.${hidden}`) })))));
}

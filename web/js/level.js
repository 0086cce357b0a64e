// The response level: the badge that is always in sight, and the panel that says why.
import { byId, fill, h } from "./dom.js";
import { has, isChinese, named, number, t } from "./i18n.js";
import { moment } from "./time.js";
import { LEVELS, indicatorName, unitName } from "./vocabulary.js";

export function mountLevelBadge({ store }) {
  const draw = () => {
    const evaluation = store.get("level")?.reported;
    const level = evaluation?.level ?? null;
    const badge = byId("level");
    badge.dataset.level = level ?? "none";
    fill(badge, h("p", { class: "numeral", aria: { hidden: "true" } }, level ?? "–"),
      h("div", { class: "words" },
        h("p", { class: "rank" }, rank(store, evaluation)),
        level && h("p", { class: "clause" }, t("level.by_clause", { clause: evaluation.findings[0].clause }),
          h("br"), findingInWords(evaluation.findings[0])),
        level && h("p", { class: "state" }, stateInWords(store.get("level")))),
      bars(level));
  };
  store.on("level casualties lang", draw);
}

/** The level in words; that nobody has reported is not the same as that nothing happened. */
function rank(store, evaluation) {
  if (!evaluation) return t("level.loading");
  if (evaluation.level) return t(`level.${evaluation.level}`);
  const reported = store.get("casualties")?.areas.some((county) => county.reported);
  return t(reported === false ? "level.silent" : "level.none");
}

function bars(level) {
  const count = level ? LEVELS.length - LEVELS.indexOf(level) : 0;
  return h("span", { class: "bars", aria: { hidden: "true" } },
    LEVELS.map((_, place) => h("i", { class: place < count ? "in" : null })));
}

/** What people made of it, where they did; else what the plan's wording allows. */
function stateInWords({ state, in_force: inForce, reported }) {
  if (inForce) return t("level.in_force", { level: t(`level.${inForce}`) });
  if (has(`level.state.${state}`)) return t(`level.state.${state}`);
  return t(reported.decides?.start === "mandatory" ? "level.starts" : "level.may_start");
}

const measureName = ({ counted = [], not_reported: silent = [] }) =>
  [...counted, ...silent.filter((code) => !counted.includes(code))].map(indicatorName).join(" + ");

const findingInWords = (finding) =>
  `${measureName(finding)} ${number(finding.value, 1)} ${unitName(finding.unit)} ≥ ${number(finding.threshold)}`;

export const levelPanel = {
  id: "level",
  keys: "level lang",
  draw({ store }) {
    const level = store.get("level");
    if (!level) return [h("p", { class: "quiet" }, t("level.loading"))];
    const { reported, acts = [], history = [] } = level;
    return [
      h("p", { class: "lead" }, t("level.advice")),
      section("level.findings", findings(reported)),
      section("level.next", next(reported)),
      reported.unknown?.length ? section("level.unknown", unknowns(reported.unknown)) : null,
      reported.decides ? section("level.decides", decides(reported.decides)) : null,
      acts.length ? section("level.acts", actsTaken(acts)) : null,
      history.length ? section("level.history", pastLevels(history)) : null,
      h("p", { class: "quiet" }, t("level.plan", { plan: planTitle(store, reported.plan) })),
    ];
  },
};

const planTitle = (store, id) => named(store.get("plans")?.find((plan) => plan.id === id)?.title) || id;

const section = (key, ...content) => h("section", { class: "block" }, h("h3", {}, t(key)), ...content);

export const chip = (level) => h("span", { class: "chip", data: { level: level ?? "none" } }, level ?? "–");

function findings({ findings: found }) {
  if (!found.length) return h("p", {}, t("level.no_findings"));
  return h("ul", { class: "findings" }, found.map((finding) =>
    h("li", {}, chip(finding.level),
      h("div", {},
        h("p", {}, measureName(finding), finding.area ? ` · ${finding.area}` : ""),
        h("p", { class: "measure" }, h("strong", {}, number(finding.value, 1)), ` ${unitName(finding.unit)} ≥ ${number(finding.threshold)}`,
          h("span", { class: "clause" }, t("level.clause", { clause: finding.clause }))),
        finding.not_reported?.length && finding.counted?.length
          ? h("p", { class: "quiet" }, t("level.at_least", { missing: finding.not_reported.map(indicatorName).join("、") })) : null))));
}

function next({ level, next: steps }) {
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

function unknowns(list) {
  const codes = [...new Set(list.map(({ indicator }) => indicator))];
  return h("p", {}, t("level.unknown_list", { list: codes.map(indicatorName).join(isChinese() ? "、" : ", ") }));
}

function decides(rule) {
  const told = (rule.told ?? []).map(named).join(isChinese() ? "、" : "; ");
  return h("dl", { class: "pairs" },
    rule.proposes ? [h("dt", {}, t("level.proposes")), h("dd", {}, named(rule.proposes))] : null,
    h("dt", {}, t("level.decider")), h("dd", {}, named(rule)),
    told ? [h("dt", {}, t("level.told")), h("dd", {}, told)] : null,
    h("dt", {}, t("level.clause_of")), h("dd", {}, rule.clause));
}

const actsTaken = (acts) => h("ol", { class: "past" }, [...acts].reverse().map((act) =>
  h("li", {}, h("time", { datetime: act.at }, moment(act.at)), chip(act.level), `${t(`level.act.${act.kind}`)} · ${act.by}`)));

function pastLevels(history) {
  const changes = history.filter((entry, place) => entry.level !== history[place + 1]?.level).slice(0, 8);
  return h("ol", { class: "past" }, changes.map((entry) =>
    h("li", {}, h("time", { datetime: entry.at }, moment(entry.at)), chip(entry.level), t(`level.${entry.level ?? "none"}`))));
}

// The response level: the badge that is always in sight, and the panel that says why and what people did.
import { actForm, duties, offersOf } from "./acts.js";
import { byId, fill, h } from "./dom.js";
import { besides, chip, findingInWords, findings, listed, next, section, unknowns } from "./findings.js";
import { has, named, t } from "./i18n.js";
import { judgements } from "./judgements.js";
import { lifeCycle } from "./lifecycle.js";
import { moment } from "./time.js";
import { LEVELS } from "./vocabulary.js";

export { chip } from "./findings.js";

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
        (level || store.get("level")?.acts?.length) && h("p", { class: "state" }, stateInWords(store.get("level")))),
      bars(level));
  };
  store.on("level casualties lang", draw);
}

/** The level in words; that nobody has reported is not the same as that nothing happened. */
export function rank(store, evaluation) {
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
export function stateInWords({ state, in_force: inForce, reported }) {
  if (inForce) return t("level.in_force", { level: t(`level.${inForce}`) });
  if (has(`level.state.${state}`)) return t(`level.state.${state}`);
  return t(reported.decides?.start === "mandatory" ? "level.starts" : "level.may_start");
}

export const levelPanel = {
  id: "level",
  keys: "level links reports plans lang session at",
  draw(app) {
    const level = app.store.get("level");
    if (!level) return [h("p", { class: "quiet" }, t("level.loading"))];
    const { reported, history = [] } = level;
    const plan = app.store.get("plans")?.find(({ id }) => id === reported.plan);
    return [
      h("p", { class: "lead" }, t("level.advice")),
      lifeCycle(level),
      actForm(app, plan, offersOf(level, plan, app.store.get("session"))),
      duties(app, level, plan),
      section("level.besides", besides(level)),
      section("level.findings", findings(reported, app)),
      section("level.next", next(reported)),
      reported.unknown?.length ? section("level.unknown", unknowns(reported.unknown, app)) : null,
      reported.decides ? section("level.decides", decides(reported.decides)) : null,
      ...judgements(app, level, plan),
      history.length ? section("level.history", pastLevels(history)) : null,
      h("p", { class: "quiet" }, t("level.plan", { plan: `${named(plan?.title) || reported.plan} ${plan?.document_number ?? ""}` })),
    ];
  },
};

function decides(rule) {
  const told = listed((rule.told ?? []).map(named));
  return h("dl", { class: "pairs" },
    rule.proposes ? [h("dt", {}, t("level.proposes")), h("dd", {}, named(rule.proposes))] : null,
    h("dt", {}, t("level.decider")), h("dd", {}, named(rule)),
    told ? [h("dt", {}, t("level.told")), h("dd", {}, told)] : null,
    h("dt", {}, t("level.clause_of")), h("dd", {}, rule.clause));
}

function pastLevels(history) {
  const changes = history.filter((entry, place) => entry.level !== history[place + 1]?.level).slice(0, 8);
  return h("ol", { class: "past" }, changes.map((entry) =>
    h("li", {}, h("time", { datetime: entry.at }, moment(entry.at)), chip(entry.level), t(`level.${entry.level ?? "none"}`))));
}

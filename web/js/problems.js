// What the server refused, in the language of the page: its sentences by their pattern, else as they came.
import { h } from "./dom.js";
import { has, isChinese, t } from "./i18n.js";
import { PLANNING_SAID } from "./planning-words.js";
import { indicatorName } from "./vocabulary.js";

/** What the server says -> the key of the same sentence; `$1` of the pattern fills the first of the names. */
const SAID = [
  [/^Level (\w+) is in force already/, "in_force_already", "level"],
  [/^Level (\w+) is not in force/, "not_in_force", "level"],
  [/^Level (\w+) is decided without a proposal/, "no_proposal_wanted", "level"],
  [/^A proposal awaits its decision/, "proposal_open"],
  [/^Level (\w+) needs a proposal first/, "proposal_needed", "level"],
  [/^That proposal is not open/, "proposal_answered"],
  [/^The open proposal is for level (\w+)/, "proposal_of_other_level", "level"],
  [/^The figures do not call for (\w+) \((.*?)\)/, "figures_do_not_call", "level", "stated"],
  [/^The figures have moved since the proposal \((.*)\)/, "figures_moved", "changes"],
  [/^\S+ (\S+): this is for (.+?) \(.*?with the authority \w+; yours has (\w+)/, "needs_authority", "clause", "party", "authority"],
  [/^By (\S+) figures are released by (.+?):/, "needs_release_authority", "clause", "party"],
  [/^Lowering the conditions needs an authority/, "lowering_needs_authority"],
  [/has no clause (\S+) for this; it has (.*)\.$/, "no_such_clause", "clause", "list"],
  [/^This needs the role (\w+); your token has the role (\w+)/, "needs_role", "needed", "role"],
  [/^Your token is for the area (\w+); (\w+) lies outside/, "outside_area", "own", "area"],
  [/is closed/, "event_closed"],
  [/^A city verifies after its counties; these have not yet: (.*)\.$/, "counties_not_verified", "list"],
  [/^That report was superseded already/, "superseded_already"],
  [/^A report of this area at the stage (\w+) is on file for an earlier hour; this one is only (\w+)/, "lower_stage", "stage", "other_stage"],
  [/^(\w+) is ([\d.,]+), its parts add up to ([\d.,]+): ([\d.,]+) apart/, "sums_differ", "indicator", "stated", "sum", "difference"],
  [/^Figures can't be true in the future/, "as_of_ahead"],
  [/^The event began only at/, "as_of_before_event"],
  [/^An act can't lie (ahead|before)/, "act_time"],
  [/^([\d.,]+) is more than the ([\d.,]+) people who live there/, "more_than_live_there", "value", "population"],
  [/^Dead and missing are ([\d.,]+), more than the ([\d.,]+) people/, "lost_more_than_live", "value", "population"],
  [/^It is part of (\w+), so it is at most ([\d.,]+)/, "part_of", "indicator", "most"],
  [/^A figure is not negative/, "negative"],
  [/^There is no fraction of one/, "fraction"],
  [/^More than .* is absurd/, "absurd"],
  [/^A figure is a number/, "not_a_number"],
  [/^(\w+) lies outside the event's area (\w+)/, "outside_event", "area", "whole"],
  [/^The report is empty/, "empty"],
  [/^No road on file runs within/, "no_road"],
  [/^The closure closes nothing/, "closes_nothing"],
  [/^No household in (\w+) is to be placed/, "no_household"],
  [/^No shelter in (\w+) of those asked for is open/, "no_shelter"],
  [/^No open ground is on file in (\w+)/, "no_ground"],
  [/needs a radius in metres\.$/, "needs_radius"],
  [/^([\d.,]+) jobs wait already/, "jobs_wait", "count"],
  [/^An earlier release asked this/, "kept_no_candidates"],
  [/^The requests of this plan are on file already/, "asked_already"],
  [/^The depot holds ([\d.,]+) (\S+) of \w+, fewer than the ([\d.,]+)/, "stock_gone", "held", "unit", "asked"],
  [/^(\w+) needs it\.$/, "step_needs_it"],
  [/^Less arrived than was sent/, "less_arrived"],
  [/^String should have at least 1 character/, "empty_text"],
  [/^String should match pattern/, "wrong_form"],
  [/^It lies outside of 72-137 E/, "far_place"],
  [/^There is no event of that id that is not closed/, "event_closed"],
  [/^The (team was not (stored|assigned)|entry can't be right)/, "not_stored"],
  [/^It lies before the event or in the future/, "time_outside"],
  [/^That entry was superseded already/, "entry_superseded"],
  [/^It ends before it begins/, "ends_before"],
  [/^A point has no direction/, "point_no_direction"],
  [/^This event's figures go out at once/, "released_at_once"],
  [/^The report was taken over into (\S+);/, "taken_over", "into"],
  [/^That one repeats \S+ itself/, "repeats_itself"],
  [/^The road closure \S+ rests on the report/, "closure_rests"],
  [/was found to repeat this one/, "is_repeated"],
  [/^A worse damage of that home is on file/, "worse_on_file"],
  [/^The store did not answer in time/, "unavailable"],
  ...PLANNING_SAID,
];

const WORDS = {
  indicator: indicatorName,
  level: (code) => t(`level.${code}`),
  stage: (code) => t(`stage.${code}`),
  other_stage: (code) => t(`stage.${code}`),
  role: (code) => t(`role.${code}`),
  needed: (code) => t(`role.${code}`),
  authority: (code) => t(`authority.${code}`),
  stated: basesInWords,
  changes: basesInWords,
};

/** `reported: II then, I now` with the codes in words. */
function basesInWords(text) {
  return text.split("; ").join("；").replace(/\b(reported|anticipated|lowered)\b/g, (code) => t(`level.basis.${code}`))
    .replace(/\b(\w+(?:\+\w+)+|[a-z_]{4,})\b/g, (codes) => (codes.split("+").every((code) => has(`indicator.${code}`))
      ? codes.split("+").map(indicatorName).join("+") : codes))
    .replaceAll(" then, ", t("said.then")).replaceAll(" now", "").replace(/\bNone\b|\bnone\b/g, t("said.none"));
}

/** A sentence of the server in the language of the page; as it came where its pattern isn't known. */
export function sentence(text) {
  if (!isChinese() || !text) return text ?? "";
  for (const [pattern, key, ...names] of SAID) {
    const found = pattern.exec(text);
    if (found) return t(`said.${key}`, Object.fromEntries(names.map((name, place) => [name, (WORDS[name] ?? String)(found[place + 1])])));
  }
  return text;
}

/** What went wrong, in one place above the form; faults that have a field stand at the field too. */
export function refusal(problem) {
  if (!problem) return null;
  const known = has(`problem.${problem.code}`);
  return h("div", { class: "refusal", role: "alert", data: { code: problem.code } },
    h("p", {}, h("strong", {}, known ? t(`problem.${problem.code}`) : problem.title || t("form.refused"))),
    problem.message && problem.code !== "link_lost" && h("p", {}, sentence(problem.message)),
    problem.faults?.length ? h("ul", {}, problem.faults.map(({ at, detail }) => h("li", {}, fieldName(at), sentence(detail)))) : null);
}

/** `/figures/dead` by the name of the figure, `/as_of` by its label. */
function fieldName(at) {
  const name = at.split("/").at(-1);
  const known = [`indicator.${name}`, `report.${name}`, `acts.${name}`, `parameter.${name}`, `persons.${name}`, `teams.${name}`].find(has);
  return known ? h("b", {}, t(known), isChinese() ? "：" : ": ") : [h("code", {}, at), " "];
}

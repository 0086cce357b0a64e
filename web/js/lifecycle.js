// The life of a response as steps: recommended, proposed, decided, adjusted, ended; each act with who, when, by what.
import { h } from "./dom.js";
import { chip } from "./findings.js";
import { t } from "./i18n.js";
import { moment } from "./time.js";

const STEPS = ["recommended", "proposed", "decided", "adjusted", "ended"];
const BASES = ["reported", "anticipated", "lowered"];

export function lifeCycle(level) {
  const { acts = [] } = level;
  const done = stepsDone(level, acts);
  const here = STEPS.findLast((step) => done.has(step));
  return h("section", { class: "block", id: "life-cycle", data: { state: level.state, inForce: level.in_force ?? "none" } },
    h("h3", {}, t("level.acts")),
    h("ol", { class: "life" }, STEPS.map((step) => h("li", { class: done.has(step) ? "done" : null, aria: step === here ? { current: "step" } : {} },
      h("span", {}, t(`life.${step}`)), done.get(step) ? h("time", {}, moment(done.get(step)).slice(-11)) : null))),
    h("p", { class: "stands" }, standing(level)),
    acts.length ? h("ol", { class: "acts" }, acts.map((act, place) => actTaken(act, inForceBefore(acts, place))).reverse()) : null);
}

/** The steps that were taken, with when; `null` where no person took it. */
function stepsDone(level, acts) {
  const done = new Map();
  if (acts.length || BASES.some((basis) => level[basis]?.level)) done.set("recommended", level.history?.findLast((entry) => entry.level)?.at ?? null);
  let inForce = null;
  for (const { kind, level: of, at } of acts) {
    if (kind === "proposal") done.set("proposed", at);
    if (kind === "start") done.set(inForce && inForce !== of ? "adjusted" : "decided", at);
    if (kind === "termination") done.set("ended", at);
    if (kind === "start") {
      if (!inForce) for (const later of ["adjusted", "ended"]) done.delete(later);
      inForce = of;
    } else if (kind === "termination") inForce = null;
  }
  return done;
}

function standing({ state, in_force: inForce, open_proposal: open, acts = [] }) {
  const waiting = acts.find(({ id }) => id === open);
  return [inForce ? [chip(inForce), t("level.in_force", { level: t(`level.${inForce}`) })] : t(`life.state.${state}`),
    waiting ? [" · ", t("life.waiting", { level: t(`level.${waiting.level}`) })] : null];
}

/** The level that was in force before the act at `place`; null when none was. */
function inForceBefore(acts, place) {
  const last = acts.slice(0, place).findLast(({ kind }) => kind === "start" || kind === "termination");
  return last?.kind === "start" ? last.level : null;
}

const actTaken = (act, before) => h("li", { data: { kind: act.kind } },
  h("p", {}, chip(act.level), h("strong", {}, act.kind === "start" && before ? t("level.act.adjustment", { level: before }) : t(`level.act.${act.kind}`)), h("time", { datetime: act.at }, moment(act.at))),
  h("p", {}, act.by, h("span", { class: "quiet" }, ` · ${t("level.clause", { clause: act.clause })}`),
    act.document_number ? h("span", { class: "quiet" }, ` · ${act.document_number}`) : null),
  h("p", { class: "quiet" }, act.reason));

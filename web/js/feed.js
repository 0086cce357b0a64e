// The feed of what is new, on the map: a press flies there, another takes note of it.
import { byId, fill, h } from "./dom.js";
import { number, t } from "./i18n.js";
import { chip } from "./findings.js";
import { gist, kindMark, kindName, placeOf } from "./report-words.js";
import { age, moment } from "./time.js";

const MOST_OPEN = 3;
const MOST_KNOWN = 12;

export function drawFeed(app, alerts, acts) {
  const open = alerts.reports.filter(acts.isOpen);
  const known = alerts.reports.filter((report) => !acts.isOpen(report)).slice(0, MOST_KNOWN);
  const waiting = open.length + (alerts.level ? 1 : 0);
  const place = byId("alerts");
  const unfolded = place.querySelector("details")?.open ?? false;
  Object.assign(place.dataset, { waiting, folded: alerts.folded, sounded: alerts.sounded, sound: alerts.muted ? "muted" : alerts.blocked ? "blocked" : "on" });
  fill(place, head(alerts, acts, waiting),
    alerts.level && levelChange(app, alerts.level, acts),
    h("ol", { id: "feed" }, open.slice(0, MOST_OPEN).map((report) => item(report, acts, true))),
    open.length > MOST_OPEN && h("p", {}, h("button", { type: "button", class: "plain", id: "alerts-more", onclick: () => app.openPanel("checking") },
      t("alerts.more", { count: number(open.length - MOST_OPEN) }))),
    known.length ? h("details", { open: unfolded }, h("summary", {}, t("alerts.known", { count: number(known.length) })),
      h("ol", {}, known.map((report) => item(report, acts, false)))) : null);
}

function head({ muted, blocked, folded }, acts, waiting) {
  const sound = muted ? "alerts.muted" : blocked ? "alerts.blocked" : "alerts.sound";
  return h("header", {},
    h("button", { type: "button", id: "alerts-fold", aria: { expanded: String(!folded), controls: "feed", label: t(folded ? "alerts.unfold" : "alerts.fold") }, title: t(folded ? "alerts.unfold" : "alerts.fold"), onclick: acts.fold }, folded ? "▸" : "▾"),
    h("h2", { role: "status" }, waiting ? t("alerts.waiting", { count: number(waiting) }) : t("alerts.none")),
    h("button", { type: "button", id: "alerts-sound", aria: { pressed: String(!muted) }, title: t("alerts.sound_title"), onclick: acts.mute }, t(sound), " ", h("kbd", {}, "Q")),
    waiting ? h("button", { type: "button", id: "alerts-all", onclick: acts.acknowledgeAll }, t("alerts.all"), " ", h("kbd", {}, "A")) : null);
}

function levelChange(app, { before, now, at }, acts) {
  const [[from, hadForce], [to, force]] = [before.split(" "), now.split(" ")];
  const named = (level) => t(`level.${level}`);
  return h("div", { class: "alert level-change", id: "alert-level" }, chip(to === "none" ? null : to),
    h("button", { type: "button", class: "alert-words", onclick: () => app.openPanel("level") },
      h("strong", {}, from === to ? t("alerts.in_force", { before: named(hadForce), now: named(force) }) : t("alerts.level", { before: named(from), now: named(to) })),
      h("time", { datetime: at }, age(at))),
    h("button", { type: "button", class: "known", id: "alert-level-known", onclick: acts.acknowledgeLevel }, t("alerts.acknowledge")));
}

function item(report, acts, open) {
  return h("li", { class: "alert", data: { report: report.id, kind: report.kind, state: report.state } }, kindMark(report.kind),
    h("button", { type: "button", class: "alert-words", id: `alert-${report.id}`, onclick: () => acts.show(report) },
      h("strong", {}, `${kindName(report.kind)} · ${placeOf(report)}`), h("time", { datetime: report.received_at, title: moment(report.received_at) }, age(report.received_at)),
      h("span", { class: "gist" }, gist(report, 46))),
    open ? h("button", { type: "button", class: "known", id: `known-${report.id}`, onclick: () => acts.acknowledge([report.id]) }, t("alerts.acknowledge"))
      : h("span", { class: "quiet" }, t(`checking.state.${report.state}`)));
}

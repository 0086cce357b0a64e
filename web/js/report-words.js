// A report from the field in words: its kind, its figures, where and when by both clocks, what is odd about it.
import { h } from "./dom.js";
import { has, isChinese, named, number, t } from "./i18n.js";
import { age, moment, span } from "./time.js";
import { indicatorName, unitFor } from "./vocabulary.js";

export const KINDS = ["casualty", "hazard", "need", "road", "damage", "other"];
export const STATES = ["new", "verified", "rejected", "duplicate"];

export const kindName = (kind) => t(`checking.kind.${kind}`);
export const stateName = (state) => t(`checking.state.${state}`);
export const kindMark = (kind) => h("img", { class: "kind-mark", src: `/static/symbols/field-${kind}.svg`, alt: "", width: 22, height: 22 });
export const joined = (parts) => parts.filter(Boolean).join(isChinese() ? "，" : ", ");

export const figuresInWords = (figures) => joined(Object.entries(figures ?? {}).map(([code, value]) => `${indicatorName(code)} ${number(value)} ${unitFor(code)}`));

const coded = (group, code) => (has(`checking.${group}.${code}`) ? t(`checking.${group}.${code}`) : code);

/** Grade of damage, needs, hazard, whether one gets through. */
export function detailsInWords({ grade, needs, hazard, passable } = {}) {
  return joined([grade && coded("grade", grade), ...(needs ?? []).map((need) => coded("need", need)), hazard && coded("hazard", hazard),
    passable === true && t("checking.passable"), passable === false && t("checking.blocked")]);
}

/** What a report says in one line: figures and details, else the beginning of its text. */
export function gist({ figures, details, text }, most = 80) {
  const said = joined([figuresInWords(figures), detailsInWords(details), text]);
  return said.length > most ? `${said.slice(0, most)}…` : said;
}

export const placeOf = ({ area_name: name, area, location }) => name ?? area ?? coordinates(location);
export const coordinates = ({ lon, lat, accuracy_m: metres }) => `${lon.toFixed(5)}, ${lat.toFixed(5)}${metres ? ` ± ${number(metres)} m` : ""}`;
export const pointOf = ({ location: { lon, lat } }) => ({ type: "Point", coordinates: [lon, lat] });

/** When it was seen by the phone's clock and when it came by the server's; how long it was under way. */
export function clocks({ observed_at: seen, received_at: came, stated }) {
  const way = new Date(came) - new Date(seen);
  const ahead = stated?.clock_ahead_s;
  return [
    h("p", {}, t("checking.observed", { time: moment(seen) }), " · ", t("checking.received", { time: moment(came), age: age(came) })),
    (way > 10 * 60e3 || ahead) && h("p", { class: "quiet" }, joined([
      way > 10 * 60e3 && t("checking.under_way", { span: span(way) }),
      ahead && t(ahead > 0 ? "checking.clock_ahead" : "checking.clock_behind", { span: span(Math.abs(ahead) * 1000) })])),
  ];
}

export const flagsOf = ({ flags }) => flags?.length
  ? h("ul", { class: "flags" }, flags.map((flag) => h("li", { data: { flag: flag.code } }, named(flag)))) : null;

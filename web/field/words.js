// Saying in plain words what a report is, where it is and what became of it.
import { number, t } from "../js/i18n.js";

/** `冠山镇 · 西关村 ±12 m`, or the coordinates where no names are known offline. */
export function placeWords({ location, names, pinned }) {
  if (!location) return names?.township ? names.township.name : t("place.none");
  const near = names?.village && names.village_m < 3000 ? names.village.name : null;
  const where = [names?.township?.name, near].filter(Boolean).join(" · ") || `${location.lon.toFixed(5)}, ${location.lat.toFixed(5)}`;
  return `${where} ${pinned ? t("place.pinned") : location.accuracy_m ? `±${number(location.accuracy_m)}\u00a0m` : ""}`.trim();
}

/** One line of what the report says. */
export function gist({ kind, figures = {}, details = {}, text = "" }) {
  const parts = Object.entries(figures).map(([name, value]) => `${t(`figure.${name}`)} ${number(value)}`);
  if (details.grade) parts.unshift(t(`grade.${details.grade}`));
  if (details.needs?.length) parts.push(details.needs.join("、"));
  if (details.hazard) parts.push(details.hazard);
  if (details.passable !== undefined) parts.push(t(details.passable ? "road.passable" : "road.blocked"));
  if (text) parts.push(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  return parts.join(" · ") || t(`kind.${kind}`);
}

/** Why a report did not go, as a volunteer would say it; the server's own sentence stands behind it. */
export function reasonWords(reason) {
  if (!reason) return "";
  const key = `reason.${reason.code}`;
  const plain = t(key);
  return plain === key ? t("reason.other", { detail: reason.detail ?? reason.code ?? "" }) : plain;
}

/** `09-15 11:50` by this phone's clock, as its owner reads it. */
export const clockWords = (iso) => new Date(iso).toLocaleString(document.documentElement.lang, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });


// Times are shown in Asia/Shanghai wherever the screen hangs, ages in words.
import { currentLanguage, t } from "./i18n.js";

const ZONE = "Asia/Shanghai";
const MINUTE = 60e3;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const STALE_AFTER = DAY;

/** `09-15 02:17`, with the year where it isn't this one. */
export function moment(iso, now = Date.now()) {
  if (!iso) return "—";
  const part = parts(iso);
  const date = `${part.month}-${part.day} ${part.hour}:${part.minute}`;
  return part.year === parts(now).year ? date : `${part.year}-${date}`;
}

export function clock(now = Date.now()) {
  const part = parts(now);
  return `${part.month}-${part.day} ${part.hour}:${part.minute}`;
}

/** What `<input type=datetime-local>` shows for a time, in Shanghai; and back. */
export function localInput(time = Date.now()) {
  const part = parts(time);
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

export const fromLocalInput = (text) => `${text.length === 16 ? `${text}:00` : text}+08:00`;

function parts(time) {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  return Object.fromEntries(format.formatToParts(new Date(time)).map(({ type, value }) => [type, value]));
}

/** How long `since` is ago: `3 小时 12 分`. */
export function span(milliseconds) {
  const days = Math.floor(milliseconds / DAY);
  const hours = Math.floor((milliseconds % DAY) / HOUR);
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  if (days >= 3) return t("time.days", { days });
  if (days) return t("time.days_hours", { days, hours });
  if (hours) return t("time.hours_minutes", { hours, minutes });
  return t("time.minutes", { minutes: Math.max(minutes, 0) });
}

export function age(iso, now = Date.now()) {
  const milliseconds = now - new Date(iso);
  if (milliseconds < MINUTE) return t("time.just_now");
  return t("time.ago", { span: span(milliseconds) });
}

/** The moment that the page shows: the one that is played back, else now. */
export const nowOf = (store) => (store.get("at") ? Date.parse(store.get("at")) : Date.now());

export const isStale = (iso, now = Date.now()) => now - new Date(iso) > STALE_AFTER;
export const zoneLabel = () => (currentLanguage() === "en" ? "Beijing time" : "北京时间");

// Chinese first, English by switch. Words stand in locale/*.json; both files hold the same keys.

export const LANGUAGES = ["zh-CN", "en"];
const WORDS = {};
let language = LANGUAGES[0];

export async function loadLanguage(name) {
  const folder = document.documentElement.dataset.words ?? "";
  WORDS[name] ??= await (await fetch(`/static/locale/${folder}${name}.json`, { cache: "no-cache" })).json();
  language = name;
  document.documentElement.lang = name;
  document.title = t("app.page");
  for (const element of document.querySelectorAll("[data-i18n]")) element.textContent = t(element.dataset.i18n);
  for (const element of document.querySelectorAll("[data-i18n-label]")) element.setAttribute("aria-label", t(element.dataset.i18nLabel));
}

/** The words of `key`; `{name}` is filled from `values`. An unknown key shows itself. */
export function t(key, values = {}) {
  const text = WORDS[language]?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const has = (key) => key in (WORDS[language] ?? {});
export const currentLanguage = () => language;
export const isChinese = () => language === "zh-CN";

/** The side of `{zh, en}` in the language in use; plain text stays as it is. */
export function named(both) {
  if (both === null || both === undefined) return "";
  if (typeof both !== "object") return String(both);
  return (isChinese() ? both.zh ?? both["zh-CN"] : both.en) ?? both.zh ?? both.en ?? "";
}

/** A number with its thousands; a dash where there is none. */
export function number(value, digits = 0) {
  if (value === null || value === undefined || Number.isNaN(Number(value))) return "—";
  return Number(value).toLocaleString(language, { maximumFractionDigits: digits });
}

export const percent = (share, digits = 1) => `${number(share * 100, digits)} %`;

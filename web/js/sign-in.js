// Signing in by hand: a token becomes a session; the usual way is the link that the server prints.
import { Problem, post } from "./api.js";
import { byId } from "./dom.js";
import { loadLanguage, t } from "./i18n.js";
import { readAddress } from "./urlstate.js";

const { lang, theme } = readAddress();
document.documentElement.dataset.theme = theme;
const query = new URLSearchParams(location.search);

async function speak(name) {
  await loadLanguage(name);
  document.title = `${t("sign_in.title")} · ${t("app.title")}`;
  byId("language").textContent = t("tools.other_language_name");
  localStorage.setItem("reliefmap.lang", name);
}

byId("language").addEventListener("click", () => speak(document.documentElement.lang === "en" ? "zh-CN" : "en"));

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const refused = byId("refused");
  refused.hidden = true;
  try {
    await post("/api/session", { token: byId("token").value.trim() });
    query.delete("sign-in");
    location.assign(`/?${query}`);
  } catch (problem) {
    refused.textContent = problem instanceof Problem && problem.status === 401 ? t("sign_in.refused") : problem.message;
    refused.hidden = false;
    byId("token").focus();
  }
});

await speak(lang);
byId("used").hidden = query.get("sign-in") !== "used";
byId("token").focus();
document.body.dataset.ready = "true";

// Where the team is: told while the page is open and looked at, once somebody has chosen the team.
import { get, post } from "../js/api.js";
import { h } from "../js/dom.js";
import { t } from "../js/i18n.js";
import { keep, kept } from "./depot.js";

const EVERY_MS = 60000;

/** Keeps the teams of the caller's area, for a choice that needs no network. */
export async function teamsKept() {
  const { teams } = await get("/api/teams");
  await keep("teams", teams.map(({ id, name }) => ({ id, name })));
}

/** The choice of the own team, nothing where there are none. */
export async function teamChoice() {
  const [teams, own] = [await kept("teams") ?? [], await kept("team")];
  if (!teams.length) return null;
  return h("label", {}, t("team.title"), h("select", { id: "team", onchange: async ({ target }) => {
    await keep("team", target.value || null);
    await tell();
  } }, h("option", { value: "" }, t("team.none")), teams.map(({ id, name }) => h("option", { value: id, selected: id === own }, name))),
  h("small", {}, t("team.explain")));
}

/** Tells the position now and every minute while `up()`; what gets lost is not sent later. */
export function tellPosition(up) {
  setInterval(() => { if (up()) tell(); }, EVERY_MS);
  tell();
}

async function tell() {
  const team = await kept("team");
  if (!team || document.hidden || !window.isSecureContext || !navigator.geolocation) return;
  navigator.geolocation.getCurrentPosition(({ coords, timestamp }) => {
    post(`/api/teams/${encodeURIComponent(team)}/positions`, {
      at: new Date(timestamp).toISOString(), lon: coords.longitude, lat: coords.latitude,
      accuracy_m: Math.round(coords.accuracy), sent_at: new Date().toISOString(),
    }).catch(() => {});
  }, () => {}, { enableHighAccuracy: true, maximumAge: 15000, timeout: 30000 });
}

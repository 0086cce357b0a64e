// What operators do with a team; each gives the problem, or nothing when it is done.
import { patch, post } from "./api.js";

export const about = (team, path = "") => `/api/teams/${encodeURIComponent(team.id)}${path}`;
const problemOf = (answer) => answer.then(() => null, (problem) => problem);

/** Sends the team for the event on the screen to `{report}` or `{place}`, with what it shall do as `text`. */
export const sendTeam = ({ store }, team, task) => problemOf(post(about(team, "/task"), { event: store.get("event"), ...task }));

export const recallTeam = (team) => problemOf(patch(about(team), { event: null, state: "ready" }));
export const endTeam = (team) => problemOf(patch(about(team), { event: null, state: "off_duty" }));
export const setState = (team, state) => problemOf(patch(about(team), { state }));

/** The number in full, for a reason that is kept. */
export const telephoneOf = async (team, reason) => (await post(about(team, "/telephone"), { reason })).telephone;

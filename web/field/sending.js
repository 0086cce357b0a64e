// One report on its way: what is sent, and what its answer means.
import { get } from "../js/api.js";

const WAIT_MS = 30000;

/** What became of a try: `sent`, `later` (no answer: try again), `sign_in`, or `refused` for good. */
export const Outcome = { SENT: "sent", LATER: "later", SIGN_IN: "sign_in", REFUSED: "refused" };

/** The report as the server takes it, the same at each try: originals come later and are no part of it. */
export function bodyOf(entry, photos) {
  const { id, kind, observed_at, location, area, text, figures, details } = entry;
  return {
    id, kind, observed_at, location, area, text: text || undefined, figures, details,
    photos: photos.filter(({ original }) => !original).map((photo) => ({ id: photo.id, bytes: photo.blob.size })), sent_at: new Date().toISOString(),
  };
}

/**
 * Sends the report. Only an answer that names its id counts: a captive portal says 200 as well, and a
 * redirect leads to one. Returns `{outcome, reason}`.
 */
export async function sendReport(entry, photos) {
  let answer;
  let body;
  try {
    answer = await fetch(`/api/events/${encodeURIComponent(entry.event)}/field-reports`, {
      method: "POST", redirect: "error", cache: "no-store", signal: AbortSignal.timeout(WAIT_MS),
      headers: { "Content-Type": "application/json", "X-Requested-With": "reliefmap" },
      body: JSON.stringify(bodyOf(entry, photos)),
    });
    body = await answer.json();
  } catch {
    return { outcome: Outcome.LATER, reason: { code: "link_lost" } };
  }
  if (answer.ok) return body.id === entry.id ? { outcome: Outcome.SENT, answer: body } : { outcome: Outcome.LATER, reason: { code: "not_our_server" } };
  return { outcome: outcomeOf(answer.status), reason: { code: body.code, status: answer.status, detail: faultOf(body) } };
}

function outcomeOf(status) {
  if (status === 401) return Outcome.SIGN_IN;
  return status >= 500 || status === 408 || status === 429 ? Outcome.LATER : Outcome.REFUSED;
}

const faultOf = ({ detail, title, errors = [] }) => [detail ?? title, ...errors.map((fault) => `${fault.at}: ${fault.detail}`)].filter(Boolean).join(" ");

/** Who is signed in; null when nobody is; undefined when the server can't be asked. */
export async function whoIsSignedIn() {
  try {
    const session = await get("/api/session");
    return session.role ? session : undefined;
  } catch (problem) {
    return problem.status === 401 ? null : undefined;
  }
}

// The outbox: sends what waits, oldest first; one bad report never holds up the rest.
import { amend, isFull, photosOf, reports } from "./depot.js";
import { Outcome, sendReport, whoIsSignedIn } from "./sending.js";
import { Left, sendPhotos } from "./uploads.js";

const SHORTEST_MS = 5000;
const LONGEST_MS = 120000;

/** The states that a person sees. */
export const State = { SAVED: "saved", SENDING: "sending", SENT: "sent", REFUSED: "refused" };

let running = null;
let pause_ms = SHORTEST_MS;
let timer = 0;
let tell = () => {};

/** Hears `{session, up}` after each round, and that something in the list has changed. */
export const onOutbox = (listener) => { tell = listener; };

/** Whether a report still has something to send. */
export const waits = ({ state }) => state === State.SAVED || state === State.SENDING;

/** Sends now; a round that runs already is joined. */
export function sendNow() {
  pause_ms = SHORTEST_MS;
  return round();
}

function round() {
  running ??= exclusively(sendAll).finally(() => {
    running = null;
    schedule();
  });
  return running;
}

/** One tab sends at a time where the browser can tell; else the server stores each report once anyway. */
const exclusively = (work) => (navigator.locks ? navigator.locks.request("reliefmap-outbox", work) : work());

async function schedule() {
  clearTimeout(timer);
  const waiting = (await reports()).some(waits);
  timer = setTimeout(round, waiting ? pause_ms : LONGEST_MS);
  pause_ms = Math.min(pause_ms * 2, LONGEST_MS);
}

async function sendAll() {
  const session = await whoIsSignedIn();
  tell({ session, up: session !== undefined });
  if (!session) return;
  for (const entry of (await reports()).reverse().filter(waits)) {
    if (entry.author && entry.author !== session.label) continue; // another person's, until they say otherwise
    if (!(await sendOne(entry))) return;
  }
}

/** Notes what became of a report. A full phone can't, and sends all the same: the server knows what it has. */
const note = (id, members) => amend(id, members).catch((error) => {
  if (!isFull(error)) throw error;
});

/** False when there is no use in trying the next one now. */
async function sendOne(entry) {
  await note(entry.id, { state: State.SENDING, tries: (entry.tries ?? 0) + 1 });
  tell({});
  const photos = await photosOf(entry.id);
  const { outcome, reason, answer } = entry.received ? { outcome: Outcome.SENT } : await sendReport(entry, photos);
  if (outcome !== Outcome.SENT) {
    await note(entry.id, { state: outcome === Outcome.REFUSED ? State.REFUSED : State.SAVED, reason });
    tell(outcome === Outcome.SIGN_IN ? { session: null } : {});
    return outcome === Outcome.REFUSED;
  }
  if (answer) await note(entry.id, { received: answer.received_at, flags: answer.flags ?? [], reason: null });
  const left = await sendPhotos(entry, photos, answer?.photos ?? [], () => tell({}));
  const over = left === null || left === Left.REFUSED;
  await note(entry.id, { state: over ? State.SENT : State.SAVED, reason: left && { code: left }, ...(left === Left.GONE ? { received: null } : {}) });
  if (over) pause_ms = SHORTEST_MS;
  tell({});
  return left !== Left.LATER;
}

/** Starts trying: now, when the network comes back, when the page is looked at, and from time to time. */
export function startOutbox() {
  addEventListener("online", sendNow);
  addEventListener("offline", () => tell({ up: false }));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendNow());
  return sendNow();
}

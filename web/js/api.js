// Asking the server: JSON in and out, problems as sentences, conditional reads, a link that may be lost.

export class Problem extends Error {
  constructor(body, status) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? "http";
    this.title = body.title ?? "";
    this.faults = body.errors ?? [];
  }
}

let leaving = false;
addEventListener("pagehide", () => { leaving = true; });
addEventListener("pageshow", () => { leaving = false; });

/** Answers of something in between, or of a server that can't read its store: what is on the screen grows old. */
const GATEWAY = [502, 504];
const NO_STORE = [502, 503, 504];

const listeners = new Set();
let lastAnswer = Date.now();

/** Hears `{up, lastAnswer}` after each request; a request that got no answer means the link is down. */
export const onLink = (listener) => listeners.add(listener);

/** Says that the server was heard, or that it no longer is. */
export function tellLink(up) {
  if (up) lastAnswer = Date.now();
  for (const listener of listeners) listener({ up, lastAnswer });
}

async function request(url, options = {}) {
  let answer;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(20000), ...options });
  } catch (error) {
    if (!leaving) tellLink(false);
    throw new Problem({ code: "link_lost", detail: String(error.message) }, 0);
  }
  tellLink(!(options.method ? GATEWAY : NO_STORE).includes(answer.status));
  if (!answer.ok) throw new Problem(await answer.json().catch(() => ({})), answer.status);
  return answer;
}

export async function get(url) {
  return (await request(url, { cache: "no-cache", headers: { Accept: "application/json" } })).json();
}

const tags = new Map();

/** The JSON at `url` if it changed since this was last asked, else null (a 304 costs next to nothing). */
export async function getIfChanged(url) {
  const answer = await request(url, { cache: "no-cache", headers: { Accept: "application/json" } });
  const tag = answer.headers.get("ETag");
  if (tag && tags.get(url) === tag) {
    await answer.arrayBuffer(); // read to its end: a body that is cut off counts as a failed request
    return null;
  }
  tags.set(url, tag);
  return answer.json();
}

export const forget = () => tags.clear();

const past = new Map();
const MOST_PAST = 400;

/** The JSON at an address that names a past moment: it never changes, so it is asked for once. */
export async function getPast(url) {
  if (!past.has(url)) {
    if (past.size >= MOST_PAST) past.clear();
    past.set(url, await get(url));
  }
  return past.get(url);
}

/** A random UUID, also where the page came over plain http and `crypto.randomUUID` is missing. */
export function newKey() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

async function send(method, url, body, headers = {}) {
  const answer = await request(url, {
    method, body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-Requested-With": "reliefmap", ...headers },
  });
  return answer.status === 204 ? null : answer.json();
}

/** Creates something; the same `key` sent again creates it once. */
export const post = (url, body, key = newKey()) => send("POST", url, body, { "Idempotency-Key": key });

/** Changes something that is there. */
export const patch = (url, body) => send("PATCH", url, body);

export async function remove(url) {
  await request(url, { method: "DELETE", headers: { "X-Requested-With": "reliefmap" } });
}

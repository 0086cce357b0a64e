// The event's changes as they are committed. Read by fetch and not by EventSource, which keeps the signs of life and the
// position to itself: a cable that was pulled is noticed after ten seconds of silence.
const SILENCE_MS = 10_000;
const RETRY_MS = 2_000;
const NEVER = [403, 404];
const SILENT = "silent";

const pause = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
});

/**
 * Follows the stream at `address` until `close()`. Tells `opened(fresh)` (fresh: what came before must be read anew),
 * `changed([{layer, op, id, version}])`, `alive()` at each sign of life and `lost(status, silent)` when it broke off; then it tries
 * again and goes on from where it was, at once after `again()`.
 */
export function followStream(address, { opened, changed, alive, lost }) {
  const end = new AbortController();
  let position = "";
  let waiting = new AbortController();
  let connection = new AbortController();

  async function read() {
    connection = new AbortController();
    const query = position ? `?after=${encodeURIComponent(position)}` : "";
    const silence = watch(connection);
    try {
      const answer = await fetch(address + query, { cache: "no-store", headers: { Accept: "text/event-stream" }, signal: connection.signal });
      if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("text/event-stream")) return answer.ok ? 404 : answer.status;
      opened(!position);
      for await (const messages of messagesIn(answer.body, silence.heard)) take(messages);
      return 0;
    } catch {
      return 0;
    } finally {
      silence.end();
      connection.abort();
    }
  }

  function take(messages) {
    alive();
    for (const { id } of messages) position = id ?? position;
    if (messages.some(({ event }) => event === "reset")) opened(true);
    const changes = messages.filter(({ event, data }) => data && event !== "reset").map(({ data }) => JSON.parse(data));
    if (changes.length) changed(changes);
  }

  (async () => {
    while (!end.signal.aborted) {
      const status = await read();
      if (end.signal.aborted) return;
      if (status === 400) position = "";
      lost(status, connection.signal.reason === SILENT);
      if (NEVER.includes(status)) return;
      waiting = new AbortController();
      await pause(RETRY_MS, waiting.signal);
    }
  })();

  return {
    close() {
      end.abort();
      connection.abort();
      waiting.abort();
    },
    /** Opens the stream anew without waiting: what it had may be half dead. */
    again() {
      connection.abort();
      waiting.abort();
    },
  };
}

/** Gives the connection up when nothing has been heard for ten seconds. */
function watch(connection) {
  let timer = 0;
  const end = () => clearTimeout(timer);
  const heard = () => {
    end();
    timer = setTimeout(() => connection.abort(SILENT), SILENCE_MS);
  };
  heard();
  return { heard, end };
}

/** The messages of an event stream, as many at a time as came together: `{id, event, data}`. */
async function* messagesIn(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    yield blocks.map(messageOf);
  }
}

function messageOf(block) {
  const message = {};
  for (const line of block.split("\n")) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name) message[name] = name === "data" && message.data ? `${message.data}\n${value}` : value;
  }
  return message;
}

/** Calls `run(name)` after `wait_ms`, then for each name at most once every `every_ms`; what came in between is one call. */
export function atMost(every_ms, run, wait_ms = 0) {
  const last = new Map();
  const timers = new Map();
  const go = (name) => {
    timers.delete(name);
    last.set(name, performance.now());
    run(name);
  };
  return (name) => {
    if (timers.has(name)) return;
    const rest = Math.max(wait_ms, every_ms - (performance.now() - (last.get(name) ?? -Infinity)));
    if (rest <= 0) go(name);
    else timers.set(name, setTimeout(go, rest, name));
  };
}

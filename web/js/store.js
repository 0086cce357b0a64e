// What the page knows, in one place; whoever shows a part of it hears when that part changes.

export function createStore(initial) {
  const state = { ...initial };
  const listeners = new Set();
  return {
    get: (key) => state[key],

    /** Takes over what differs and tells the listeners of those keys, once each. */
    set(patch) {
      const changed = Object.keys(patch).filter((key) => !Object.is(state[key], patch[key]));
      Object.assign(state, patch);
      if (!changed.length) return;
      for (const listener of [...listeners]) {
        if (listener.keys.some((key) => changed.includes(key))) listener.run(changed);
      }
    },

    /** Calls `run` now and whenever one of `keys` changes; returns how to stop. */
    on(keys, run, { now = true } = {}) {
      const listener = { keys: keys.split(" "), run };
      listeners.add(listener);
      if (now) run([]);
      return () => listeners.delete(listener);
    },
  };
}

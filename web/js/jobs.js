// Long work runs on the server; the page follows it, and may call it off.
import { Problem, get, remove } from "./api.js";
import { h } from "./dom.js";
import { percent, t } from "./i18n.js";

const EVERY_MS = 600;
const OVER = ["done", "failed", "cancelled"];

/** The finished job; `onChange` hears every state in between. Throws the problem that ended it. */
export async function followed(id, onChange) {
  for (;;) {
    const job = await get(`/api/jobs/${id}`);
    onChange(job);
    if (job.state === "failed") throw new Problem(job.problem ?? { detail: t("job.failed") }, 422);
    if (OVER.includes(job.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

export const cancelled = (id) => remove(`/api/jobs/${id}`);

/** The bar of a job that is under way, with the button that stops it. */
export function progressOf(job) {
  return h("div", { class: "job", role: "status" },
    h("progress", { value: job.progress ?? 0, max: 1, aria: { label: t("job.progress") } }),
    h("span", {}, `${t(`job.${job.state}`)} ${percent(job.progress ?? 0, 0)}`),
    h("button", { type: "button", class: "plain", onclick: () => cancelled(job.id) }, t("job.cancel")));
}

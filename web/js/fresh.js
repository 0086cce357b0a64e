// The sign of each report that nobody here has taken note of. They are elements above the map and no layer of it: a new one
// stands there with the page's next frame, whatever the map is drawing.
import { h } from "./dom.js";
import { kindName, placeOf } from "./report-words.js";

/** `show(reports, open)` has signs for these reports and no others; a press on one calls `open(report)`. */
export function freshMarks(app) {
  const shown = new Map();
  return {
    show(reports, open) {
      if (!app.map) return;
      const wanted = new Set(reports.map(({ id }) => id));
      for (const [id, mark] of shown) if (!wanted.has(id)) { mark.remove(); shown.delete(id); }
      for (const report of reports) if (!shown.has(report.id)) shown.set(report.id, app.map.markAt(signOf(report, open), report.location));
    },
  };
}

const signOf = (report, open) => h("button", { type: "button", class: "fresh", tabindex: -1, data: { report: report.id, kind: report.kind },
  title: `${kindName(report.kind)} · ${placeOf(report)}`, onclick: (event) => { event.stopPropagation(); open(report); } },
  h("img", { src: `/static/symbols/field-${report.kind}.svg`, alt: "", width: 22, height: 22 }));

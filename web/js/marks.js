// How this screen's own marks look; colours come from the page's tokens, and each mark has a shape of its own.

/** The sources of the overlay. */
export const SOURCES = ["gap", "added", "moves", "goods", "cuts", "grounds", "refused", "others", "chosen", "selected", "sketch"];

/** Which panels a source is shown with; without one it is always on the map. */
export const PANELS_OF = { gap: ["coverage"], added: ["coverage"], moves: ["compare"], goods: ["dispatch"],
  grounds: ["siting"], refused: ["siting"], others: ["siting"], chosen: ["siting"] };

const POINTS = ["==", ["geometry-type"], "Point"];
const SHAPES = ["!=", ["geometry-type"], "Point"];
const ALWAYS = { "icon-allow-overlap": true, "icon-ignore-placement": true, "text-allow-overlap": true, "text-ignore-placement": true };
const SHARE_HATCHES = ["step", ["get", "share"], "gap-1", 0.25, "gap-2", 0.5, "gap-3", 0.75, "gap-4"];

/** The layers above the style's own, from the bottom up. */
export function layersIn(token) {
  const [ink, focus, ground, accent, warn] = ["--ink", "--focus", "--surface", "--accent", "--warn"].map(token);
  const halo = { "text-color": ink, "text-halo-color": ground, "text-halo-width": 2 };
  return [
    { id: "gap-fill", type: "fill", source: "gap", filter: SHAPES, paint: { "fill-pattern": SHARE_HATCHES } },
    { id: "gap-edge", type: "line", source: "gap", filter: SHAPES, paint: { "line-color": warn, "line-width": 1 } },
    { id: "gap-figure", type: "symbol", source: "gap", filter: POINTS, layout: { "text-field": ["get", "label"], "text-size": 13 }, paint: halo },
    { id: "added-mark", type: "symbol", source: "added", layout: { ...ALWAYS, "icon-image": "added", "text-field": ["to-string", ["get", "rank"]], "text-size": 15, "text-offset": [0, 0.1] }, paint: { "text-color": "#ffffff" } },
    ...arrows("moves", warn, ground),
    ...arrows("goods", ink, ground),
    { id: "cuts-line", type: "line", source: "cuts", filter: SHAPES, paint: { "line-color": token("--bad"), "line-width": 5, "line-dasharray": [1, 1] } },
    { id: "cuts-mark", type: "symbol", source: "cuts", filter: POINTS, layout: { ...ALWAYS, "icon-image": "cut" } },
    { id: "grounds-line", type: "line", source: "grounds", filter: SHAPES, paint: { "line-color": accent, "line-width": 2.5, "line-dasharray": [4, 2] } },
    { id: "refused-ground", type: "line", source: "refused", filter: SHAPES, paint: { "line-color": ink, "line-width": 1.5, "line-dasharray": [2, 1.5] } },
    { id: "refused-mark", type: "symbol", source: "refused", filter: POINTS,
      layout: { ...ALWAYS, "icon-image": "refused", "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 12, 0.95] } },
    { id: "others-mark", type: "symbol", source: "others", filter: POINTS, layout: { ...ALWAYS, "icon-image": "other", "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 12, 1] } },
    { id: "chosen-ground", type: "line", source: "chosen", filter: SHAPES, paint: { "line-color": ink, "line-width": 2.5 } },
    { id: "chosen-mark", type: "symbol", source: "chosen", filter: POINTS,
      layout: { ...ALWAYS, "icon-image": "site", "text-field": ["to-string", ["get", "rank"]], "text-size": 19 },
      paint: { "text-color": "#ffffff" } },
    { id: "selected-line", type: "line", source: "selected", filter: SHAPES, paint: { "line-color": focus, "line-width": 4 } },
    { id: "selected-point", type: "circle", source: "selected", filter: POINTS,
      paint: { "circle-radius": 15, "circle-opacity": 0, "circle-stroke-color": focus, "circle-stroke-width": 4 } },
    { id: "sketch-fill", type: "fill", source: "sketch", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": accent, "fill-opacity": 0.15 } },
    { id: "sketch-line", type: "line", source: "sketch", filter: SHAPES, paint: { "line-color": accent, "line-width": 3 } },
    { id: "sketch-corner", type: "circle", source: "sketch", filter: POINTS,
      paint: { "circle-radius": ["get", "radius"], "circle-color": ground, "circle-stroke-color": accent, "circle-stroke-width": 2.5 } },
  ];
}

/** Arrows from here to there, as wide as `weight` says. */
function arrows(source, color, ground) {
  return [
    { id: `${source}-line`, type: "line", source,
      paint: { "line-color": color, "line-width": ["interpolate", ["linear"], ["get", "weight"], 0, 0.8, 1, 7], "line-opacity": 0.8 } },
    { id: `${source}-head`, type: "symbol", source,
      layout: { "symbol-placement": "line-center", "text-field": "▶", "text-size": ["interpolate", ["linear"], ["get", "weight"], 0, 7, 1, 17],
        "text-keep-upright": false, "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": color, "text-halo-color": ground, "text-halo-width": 1.5 } },
  ];
}

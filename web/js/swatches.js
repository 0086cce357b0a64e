// The legend's swatches, drawn from the same values that the style draws the map with.
import { h } from "./dom.js";

const WIDTH = 22;
const HEIGHT = 16;
const MIDDLE = HEIGHT / 2;

const box = (props) => h("svg:rect", { x: 0.75, y: 0.75, width: WIDTH - 1.5, height: HEIGHT - 1.5, ...props });

const drawings = {
  fill: ({ color, opacity, outline }) => box({ fill: color, "fill-opacity": opacity, stroke: outline ?? "currentColor", "stroke-opacity": outline ? 1 : 0.3 }),
  hatch: ({ color, outline }) => [
    box({ fill: "none", stroke: outline ?? color }),
    [-6, 0, 6, 12, 18].map((x) => h("svg:path", { d: `M${Math.max(x, 1)} ${HEIGHT - 1 - Math.max(1 - x, 0)} L${Math.min(x + 12, WIDTH - 1)} ${1 + Math.max(x + 13 - WIDTH, 0)}`, stroke: color, "stroke-width": 1.2 })),
  ],
  line: ({ color, width_px: width = 2, dash, opacity }) =>
    h("svg:line", { x1: 0, x2: WIDTH, y1: MIDDLE, y2: MIDDLE, stroke: color, "stroke-width": Math.min(width, 6), "stroke-opacity": opacity,
      "stroke-dasharray": dash?.map((part) => part * width).join(" ") }),
  circle: ({ color, width_px: width = 5, outline, opacity }) =>
    h("svg:circle", { cx: WIDTH / 2, cy: MIDDLE, r: Math.min(Math.max(width, 3), 6), fill: color, "fill-opacity": opacity, stroke: outline ?? "none" }),
  sign: ({ color, sign, outline }) =>
    h("svg:text", { x: WIDTH / 2, y: MIDDLE, fill: color, stroke: outline ?? "none", "paint-order": "stroke", "stroke-width": 2, "font-size": 17,
      "text-anchor": "middle", "dominant-baseline": "central" }, sign),
};

/** A swatch for one line of the legend. */
export function swatch({ shape, ...look }) {
  const draw = drawings[shape] ?? drawings.fill;
  return h("svg:svg", { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, draw(look));
}

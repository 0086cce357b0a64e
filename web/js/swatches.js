// The legend's swatches, drawn from what the style states for each line of it.
import { h } from "./dom.js";
import { symbolAddress } from "./symbols.js";

const WIDTH = 22;
const HEIGHT = 14;

const drawings = {
  fill: ({ color, opacity = 1, outline, pattern }) => [
    h("svg:rect", { x: 1, y: 1, width: WIDTH - 2, height: HEIGHT - 2, fill: color ?? "none", "fill-opacity": opacity, stroke: outline ?? "currentColor",
      "stroke-opacity": outline ? 1 : 0.35 }),
    pattern && h("svg:svg", { x: 1, y: 1, width: WIDTH - 2, height: HEIGHT - 2 }, tiled(pattern)),
  ],
  line: ({ color, width = 2, dash, opacity = 1 }) =>
    h("svg:line", { x1: 1, x2: WIDTH - 1, y1: HEIGHT / 2, y2: HEIGHT / 2, stroke: color, "stroke-width": Math.min(width, 6), "stroke-opacity": opacity,
      "stroke-dasharray": dash?.map((part) => part * width).join(" ") }),
  circle: ({ color, radius = 5, outline, outlineWidth = 1, opacity = 1 }) =>
    h("svg:circle", { cx: WIDTH / 2, cy: HEIGHT / 2, r: Math.min(radius, 6), fill: color, "fill-opacity": opacity, stroke: outline ?? "none", "stroke-width": outlineWidth }),
};

const tiled = (pattern) => [0, 8, 16].flatMap((x) => [0, 8].map((y) =>
  h("svg:image", { href: symbolAddress(pattern), x, y, width: 8, height: 8 })));

/** A swatch for one line of the legend: an image for a sign, else a small drawing. */
export function swatch({ type, icon, ...look }) {
  if (icon) return h("img", { src: symbolAddress(icon), alt: "", width: 20, height: 20 });
  const draw = drawings[type] ?? drawings.fill;
  return h("svg:svg", { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, draw(look));
}

// The words of the figures: which the header shows, which a report may state, how each is counted.
import { t } from "./i18n.js";

/** The header's figures; several indicators on one tile are summed over those that were reported. */
export const HEADLINES = [
  { id: "dead", of: ["dead"] },
  { id: "missing", of: ["missing"] },
  { id: "injured", of: ["injured"] },
  { id: "relocated", of: ["relocated"] },
  { id: "in_need", of: ["in_need"] },
  { id: "rooms", of: ["collapsed_rooms", "severely_damaged_rooms"] },
  { id: "homes", of: ["collapsed_households", "severely_damaged_households"] },
];

/** What the reporting form asks for first; the rest opens by a press. */
export const FORM_GROUPS = [
  { id: "people", of: ["dead", "missing", "injured", "seriously_injured", "affected"] },
  { id: "moved", of: ["relocated", "relocated_now", "in_need", "in_need_now"] },
  { id: "houses", of: ["collapsed_rooms", "collapsed_households", "severely_damaged_rooms", "severely_damaged_households"] },
  {
    id: "more", more: true,
    of: ["relocated_collective", "relocated_dispersed", "transition_relief", "drought_needing_aid", "drought_needing_government_aid",
      "slightly_damaged_rooms", "slightly_damaged_households", "crop_area_affected_ha", "crop_area_lost_ha",
      "direct_economic_loss_10k_cny", "loss_housing_10k_cny", "loss_agriculture_10k_cny", "loss_industry_10k_cny",
      "loss_infrastructure_10k_cny", "loss_public_services_10k_cny", "loss_other_10k_cny"],
  },
];

export const STAGES = ["initial", "follow_up", "verified", "final"];
export const LEVELS = ["I", "II", "III", "IV"];

/** A unit's code for an indicator, from its name. */
export function unitOf(indicator) {
  if (indicator.endsWith("_rooms")) return "room";
  if (indicator.endsWith("_households")) return "household";
  if (indicator.endsWith("_ha")) return "hectare";
  if (indicator.endsWith("_10k_cny")) return "cny_10k";
  return "person";
}

/** People, rooms and households come whole. */
export const isWhole = (indicator) => !["hectare", "cny_10k"].includes(unitOf(indicator));

export const indicatorName = (code) => t(`indicator.${code}`);
export const unitName = (code) => t(`unit.${code}`);
export const unitFor = (indicator) => unitName(unitOf(indicator));

/** The sum of those of `codes` that `figures` states; null when none is (which is not zero). */
export function sumOf(figures, codes) {
  const stated = codes.map((code) => figures?.[code]).filter((value) => value !== null && value !== undefined);
  return stated.length ? stated.reduce((sum, value) => sum + Number(value), 0) : null;
}

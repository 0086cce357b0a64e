// What each kind of report asks for; the words stand in locale/field/.

/** Of a casualty, damage, need: the figures that a report may carry, as the vocabulary names them. */
export const KINDS = {
  casualty: { figures: ["dead", "missing", "injured"] },
  damage: { grades: ["collapsed", "severe", "slight", "none"], figures: ["collapsed_rooms", "severely_damaged_rooms"] },
  need: { needs: ["tent", "quilt", "water", "food", "medicine", "light", "toilet"], figures: ["in_need"] },
  hazard: { hazards: ["landslide", "collapse", "debris_flow", "flood", "crack", "barrier_lake", "fire"] },
  road: { passable: [false, true] },
  other: {},
};

export const MOST_PHOTOS = 6;

"""Why ground can't be a site: by rule, feature and distance, by size, width, slope or place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np
import shapely

from geo.geojson import geojson
from geo.obstacles import Conflict
from geo.siting_choice import Choice
from geo.siting_survey import Indices, Survey
from relief.siting_rules import AVOID_RULES

Json = dict[str, Any]

MOST_CONFLICTS = 20_000
_MOST_OVERLAPS = 100


def refusals(survey: Survey) -> Json:
    """Every refusal, by its reason; `conflicts_left_out` of them are too many to list."""
    settled = [survey.settled(one) for one in survey.conflicts]
    refused = [c for c, ok in zip(survey.conflicts, settled, strict=True) if not ok]
    allowed = [c for c, ok in zip(survey.conflicts, settled, strict=True) if ok]
    excluded, with_engineering = _listed(refused), _listed(allowed)
    return {
        "excluded": [_of_candidate(survey, c, False) for c in excluded],
        "allowed_with_engineering": [_of_candidate(survey, c, True) for c in with_engineering],
        "conflicts_left_out": len(survey.conflicts) - len(excluded) - len(with_engineering),
        "trimmed": [
            _refusal(c.conflict, c.ground, c.geometry, False) for c in survey.cuts[:MOST_CONFLICTS]
        ],
        "too_small": [_too_small(survey, int(one)) for one in survey.too_small],
        "too_steep": [_too_steep(survey, int(one)) for one in survey.too_steep],
        "too_narrow": [_too_narrow(survey, int(one)) for one in survey.too_narrow],
        "outside": [_outside(survey, int(one)) for one in survey.outside],
    }


def _listed(found: Sequence[Conflict]) -> Sequence[Conflict]:
    """All, or where they are too many those nearest to each candidate first."""
    if len(found) <= MOST_CONFLICTS:
        return found
    seen: set[int] = set()
    first: list[Conflict] = []
    rest: list[Conflict] = []
    for one in found:
        (rest if one.candidate in seen else first).append(one)
        seen.add(one.candidate)
    return [*first, *rest][:MOST_CONFLICTS]


def _of_candidate(survey: Survey, conflict: Conflict, settled: bool) -> Json:
    candidates = survey.candidates
    outline = candidates.geometry[conflict.candidate]
    return _refusal(conflict, candidates.ids[conflict.candidate], outline, settled)


def _refusal(conflict: Conflict, candidate: str, outline: shapely.Geometry, settled: bool) -> Json:
    rule = AVOID_RULES[conflict.obstacle.layer]
    return {
        "candidate": candidate,
        "geometry": geojson(outline),
        "layer": conflict.obstacle.layer,
        "feature": conflict.obstacle.id,
        "kind": conflict.obstacle.kind,
        "grade": conflict.obstacle.grade,
        "distance_m": round(conflict.distance_m, 1),
        "required_m": round(conflict.required_m, 1),
        "position_error_m": conflict.obstacle.position_error_m,
        "clause": rule.clause,
        "allowed_with_engineering": settled,
    }


def _named(survey: Survey, one: int) -> Json:
    candidates = survey.candidates
    return {"candidate": candidates.ids[one], "geometry": geojson(candidates.geometry[one])}


def _too_small(survey: Survey, one: int) -> Json:
    return _named(survey, one) | {
        "ground_area_m2": round(float(survey.ground_area_m2[one]), 1),
        "required_m2": survey.request.min_ground_area_m2,
    }


def _too_steep(survey: Survey, one: int) -> Json:
    return _named(survey, one) | {
        "slope_percent": float(survey.candidates.slopes[one]),
        "most_percent": survey.request.max_slope_percent,
    }


def _too_narrow(survey: Survey, one: int) -> Json:
    return _named(survey, one) | {
        "widest_circle_m": round(survey.widest_circle_m(one), 1),
        "required_m": survey.request.min_width_m,
    }


def _outside(survey: Survey, one: int) -> Json:
    return _named(survey, one) | {
        "area": survey.request.admin_area,
        "outside_share": round(float(survey.outside_m2[one] / survey.ground_area_m2[one]), 4),
    }


def warnings(survey: Survey, choice: Choice | None) -> list[str]:
    """What a planner should know besides the refusals."""
    chosen = choice.chosen if choice else np.zeros(0, np.int64)
    return [
        *_shortage(survey, choice, len(chosen)),
        *_overfull(survey, choice),
        *_of_unknown_slope(survey, chosen),
        *_across_the_border(survey, chosen),
        *_overlaps(survey),
    ]


def _shortage(survey: Survey, choice: Choice | None, chosen: int) -> list[str]:
    """A sentence where fewer sites were found than asked for."""
    wanted = survey.request.count
    if chosen >= wanted or survey.request.objective == "set_cover":
        return []
    counts = {
        "are refused": survey.refused,
        "are too small": survey.too_small,
        "are too steep": survey.too_steep,
        "are too narrow": survey.too_narrow,
        "lie outside the area": survey.outside,
    }
    said = [f"{len(which)} {words}" for words, which in counts.items() if len(which)]
    if choice is not None and (left := len(choice.pool) - chosen):
        said.append(f"{left} share ground with those chosen")
    return [
        f"{chosen} of the {wanted} sites asked for: of {len(survey.candidates)} candidates"
        f" {', '.join(said) or 'no more are left'}."
    ]


def _overfull(survey: Survey, choice: Choice | None) -> list[str]:
    each = survey.request.ground_per_person_m2
    if not each or choice is None:
        return []
    return [
        f"{survey.candidates.ids[one]} is nearest for {people:.0f} people and has places for"
        f" {survey.ground_area_m2[one] // each:.0f}."
        for one, people in zip(choice.chosen, choice.served, strict=True)
        if people > survey.ground_area_m2[one] // each
    ]


def _of_unknown_slope(survey: Survey, chosen: Indices) -> list[str]:
    if survey.request.max_slope_percent is None:
        return []
    unknown = [
        survey.candidates.ids[one] for one in chosen if np.isnan(survey.candidates.slopes[one])
    ]
    if not unknown:
        return []
    return [f"No slope is known of {_few(unknown)}: survey before relying on it."]


def _across_the_border(survey: Survey, chosen: Indices) -> list[str]:
    across = [survey.candidates.ids[one] for one in chosen if survey.outside_m2[one] > 1.0]
    return [f"Part of {_few(across)} lies outside the area."] if across else []


def _few(ids: Sequence[str]) -> str:
    return ", ".join(ids[:10]) + (f" and {len(ids) - 10} more" if len(ids) > 10 else "")


def _overlaps(survey: Survey) -> list[str]:
    """Sentences on candidates that cover the same ground, which only one site can use."""
    ids = survey.candidates.ids
    pairs = list(islice(survey.overlapping_pairs(), _MOST_OVERLAPS + 1))
    said = [
        f"The candidates {ids[one]} and {ids[other]} overlap by {shared_m2:.0f} m2; at most one of"
        " them is chosen."
        for one, other, shared_m2 in pairs[:_MOST_OVERLAPS]
    ]
    more = "More candidates overlap than are listed here."
    return [*said, more] if len(pairs) > _MOST_OVERLAPS else said

"""A siting as GeoJSON: the chosen sites with their reasons, the refusals with theirs."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import shapely

from geo.obstacles import Conflict, Nearby, nearest_by_layer, survey_required
from geo.siting_survey import Indices, Survey
from relief.siting import Sites
from relief.siting_rules import AVOID_RULES

Json = dict[str, Any]

_MOST_OVERLAPS = 100


def answer(survey: Survey, pool: Indices, found: Sites | None, people: float) -> Json:
    """The result of a siting job for so many people; `found` are indices into `pool`, None where
    that is empty."""
    chosen = pool[found.chosen] if found else pool[:0]
    served = found.served_weight if found else np.zeros(0)
    conflicts = [_refusal(survey, c) for c in survey.conflicts]
    return {
        "type": "FeatureCollection",
        "features": [
            _site(survey, int(one), rank, float(weight))
            for rank, (one, weight) in enumerate(zip(chosen, served, strict=True), start=1)
        ],
        "excluded": [c for c in conflicts if not c["allowed_with_engineering"]],
        "allowed_with_engineering": [c for c in conflicts if c["allowed_with_engineering"]],
        "too_small": [_too_small(survey, int(one)) for one in survey.too_small],
        "objective": survey.request.objective,
        "objective_value": found.objective_value if found else None,
        "bound": found.bound if found else None,
        "people": round(people),
        "unserved_people": round(people - float(served.sum())),
        "candidates": len(survey.candidates),
        "survey_required": any(o.position_error_m is None for o in survey.obstacles.items),
        "warnings": [*_shortage(survey, len(chosen)), *_overlaps(survey)],
    }


def _site(survey: Survey, one: int, rank: int, people: float) -> Json:
    nearest = nearest_by_layer(survey.ground[one], survey.obstacles, list(survey.request.avoid))
    return {
        "type": "Feature",
        "id": survey.candidates.ids[one],
        "geometry": geojson(survey.candidates.geometry[one]),
        "properties": {
            "candidate": survey.candidates.ids[one],
            "rank": rank,
            "purpose": survey.request.purpose,
            "ground_area_m2": round(float(survey.ground_area_m2[one]), 1),
            "serves_people": round(people),
            "survey_required": survey_required(survey.ground[one], survey.obstacles),
            "engineering_required": bool(np.isin(one, survey.with_engineering)),
            "nearest": [_near(near) for near in nearest],
        },
    }


def _near(near: Nearby) -> Json:
    return {
        "layer": near.obstacle.layer,
        "id": near.obstacle.id,
        "distance_m": round(near.distance_m, 1),
        "position_error_m": near.obstacle.position_error_m,
    }


def _refusal(survey: Survey, conflict: Conflict) -> Json:
    return {
        "candidate": survey.candidates.ids[conflict.candidate],
        "geometry": geojson(survey.candidates.geometry[conflict.candidate]),
        "layer": conflict.obstacle.layer,
        "feature": conflict.obstacle.id,
        "distance_m": round(conflict.distance_m, 1),
        "required_m": round(conflict.required_m, 1),
        "position_error_m": conflict.obstacle.position_error_m,
        "clause": AVOID_RULES[conflict.obstacle.layer].clause,
        "allowed_with_engineering": survey.settled(conflict),
    }


def _too_small(survey: Survey, one: int) -> Json:
    return {
        "candidate": survey.candidates.ids[one],
        "geometry": geojson(survey.candidates.geometry[one]),
        "ground_area_m2": round(float(survey.ground_area_m2[one]), 1),
        "required_m2": survey.request.min_ground_area_m2,
    }


def _shortage(survey: Survey, chosen: int) -> list[str]:
    """A sentence where fewer sites were found than asked for."""
    wanted = survey.request.count
    if chosen >= wanted or survey.request.objective == "set_cover":
        return []
    return [
        f"{chosen} of the {wanted} sites asked for: of {len(survey.candidates)} candidates"
        f" {len(survey.refused)} are refused and {len(survey.too_small)} are too small."
    ]


def _overlaps(survey: Survey) -> list[str]:
    """Sentences on candidates that cover the same ground, which only one site can use."""
    first, second = shapely.STRtree(survey.ground).query(survey.ground, "intersects")
    pairs = np.flatnonzero(first < second)
    first, second = first[pairs], second[pairs]
    shared_m2 = shapely.area(shapely.intersection(survey.ground[first], survey.ground[second]))
    over = np.flatnonzero(shared_m2 > 1.0)
    ids = survey.candidates.ids
    said = [
        f"The candidates {ids[first[i]]} and {ids[second[i]]} overlap by {shared_m2[i]:.0f} m2."
        for i in over[:_MOST_OVERLAPS]
    ]
    more = len(over) - len(said)
    return [*said, f"{more} more pairs of candidates overlap."] if more else said


def geojson(geometry: shapely.Geometry) -> Json:
    """The geometry as a GeoJSON object."""
    found: Json = orjson.loads(shapely.to_geojson(geometry))
    return found

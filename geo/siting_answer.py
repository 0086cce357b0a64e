"""A siting as GeoJSON: the chosen sites with their reasons, and why not the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.geojson import geojson
from geo.obstacles import Nearby, nearest_by_layer, survey_required
from geo.siting_choice import Choice
from geo.siting_refusals import refusals, warnings
from geo.siting_survey import Survey
from geo.standing_sites import StandingSites
from relief.alternatives import Alternative
from relief.siting_rules import AVOID_RULES, avoid_key
from relief.siting_standards import Source

Json = dict[str, Any]


def answer(survey: Survey, standing: StandingSites, choice: Choice | None, people: float) -> Json:
    """The result of a siting job for so many people; no choice where no candidate is left."""
    return {
        "type": "FeatureCollection",
        "features": _sites(survey, choice) if choice else [],
        "fixed": _standing(standing, choice),
        **_worth(survey, choice),
        "people": round(people),
        "unserved_people": round(people - _served(choice)),
        "alternatives": _alternatives(survey, choice) if choice else [],
        **refusals(survey),
        "candidates": len(survey.candidates),
        "survey_required": any(o.position_error_m is None for o in survey.obstacles.items),
        "rules": [_rule(key, metres) for key, metres in survey.request.avoid.items()],
        "warnings": warnings(survey, choice),
    }


def _served(choice: Choice | None) -> float:
    return float(choice.found.served_weight.sum()) if choice else 0.0


def _worth(survey: Survey, choice: Choice | None) -> Json:
    """The objective, its bound and what lies between them."""
    found = choice.found if choice else None
    reached = choice.reached if choice else None
    return {
        "objective": survey.request.objective,
        "objective_value": found.objective_value if found else None,
        "bound": found.bound if found else None,
        "gap": found.gap if found else None,
        "proven": found.proven if found else False,
        "within_count": None
        if reached is None
        else {"count": survey.request.count, "people": round(reached)},
    }


def _sites(survey: Survey, choice: Choice) -> list[Json]:
    return [
        _site(survey, int(one), rank, float(weight))
        for rank, (one, weight) in enumerate(zip(choice.chosen, choice.served, strict=True), 1)
    ]


def _site(survey: Survey, one: int, rank: int, people: float) -> Json:
    request = survey.request
    nearest = nearest_by_layer(survey.ground[one], survey.obstacles, request.avoided_layers)
    slope = float(survey.candidates.slopes[one])
    each = request.ground_per_person_m2
    return {
        "type": "Feature",
        "id": survey.candidates.ids[one],
        "geometry": geojson(survey.candidates.geometry[one]),
        "properties": {
            "candidate": survey.candidates.ids[one],
            "part_of": survey.candidates.origin(one),
            "rank": rank,
            "purpose": request.purpose,
            "ground_area_m2": round(float(survey.ground_area_m2[one]), 1),
            "widest_circle_m": round(survey.widest_circle_m(one), 1),
            "slope_percent": None if np.isnan(slope) else slope,
            "serves_people": round(people),
            "places": int(survey.ground_area_m2[one] // each) if each else None,
            "survey_required": survey_required(survey.ground[one], survey.obstacles),
            "engineering_required": bool(np.isin(one, survey.with_engineering)),
            "nearest": [_near(near) for near in nearest],
        },
    }


def _near(near: Nearby) -> Json:
    return {
        "layer": near.obstacle.layer,
        "id": near.obstacle.id,
        "kind": near.obstacle.kind,
        "distance_m": round(near.distance_m, 1),
        "position_error_m": near.obstacle.position_error_m,
    }


def _standing(standing: StandingSites, choice: Choice | None) -> list[Json]:
    served = choice.served_by_standing if choice else [None] * len(standing)
    return [
        {
            "layer": standing.layer,
            "id": standing.ids[i],
            "name": standing.names[i],
            "lon": standing.lon[i],
            "lat": standing.lat[i],
            "serves_people": None if people is None else round(float(people)),
        }
        for i, people in enumerate(served)
    ]


def _alternatives(survey: Survey, choice: Choice) -> list[Json]:
    return [_alternative(survey, choice, one) for one in choice.others]


def _alternative(survey: Survey, choice: Choice, one: Alternative) -> Json:
    candidate = choice.candidate(one.candidate)
    return {
        "candidate": survey.candidates.ids[candidate],
        "geometry": geojson(survey.candidates.geometry[candidate]),
        "instead_of": survey.candidates.ids[choice.candidate(one.instead_of)],
        "objective_value": one.objective_value,
        "worse_by": abs(one.objective_value - choice.found.objective_value),
        "unserved_people": round(one.unserved_weight),
    }


def _rule(key: str, metres: float) -> Json:
    """What was kept away from: how far, and where such a distance is written."""
    layer, _, kind = key.partition("/")
    rule = AVOID_RULES[layer]
    proposed = rule.proposed_m().get(avoid_key(layer, kind or None))
    sources: tuple[Source, ...] = rule.sources_for(kind or None)
    return {
        "layer": layer,
        "kind": kind or None,
        "distance_m": metres,
        "proposed_m": proposed,
        "clause": rule.clause,
        "sources": [{"text": one.text, "standing": one.standing} for one in sources],
    }

"""How far to keep away, as people ask for it: metres, or what the standards say."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from geo.obstacles import FARTHEST_SETBACK_M
from relief.errors import Fault
from relief.siting_rules import AVOID_RULES, FAULT_EDITION, avoid_key, fault_distance_m

Metres = Annotated[float, Field(ge=0, le=FARTHEST_SETBACK_M, allow_inf_nan=False)]


class Avoid(BaseModel):
    """Metres to keep from the features of a layer, edge to edge, besides their position error.

    With `kind` only of features of that kind. Without `distance_m` what the standards say: for
    faults by the question's intensity and building class where both are given.
    """

    model_config = ConfigDict(extra="forbid")

    layer: str = Field(max_length=40)
    kind: str | None = Field(None, max_length=40)
    distance_m: Metres | None = None


def distances(
    avoid: list[Avoid], intensity: int | None, building_class: str | None, edition: str | None
) -> dict[str, float]:
    """The metres to keep by the keys of relief.siting_rules.avoid_key, once avoid_faults is empty.

    Raises InvalidInput where the standards give no number for what was left out.
    """
    found: dict[str, float] = {}
    for number, one in enumerate(avoid):
        key = avoid_key(one.layer, one.kind)
        if one.distance_m is not None:
            found[key] = one.distance_m
        elif one.layer == "faults" and intensity and building_class:
            at = f"/avoid/{number}/distance_m"
            found[key] = fault_distance_m(intensity, building_class, edition or FAULT_EDITION, at)
        else:
            proposed = AVOID_RULES[one.layer].proposed_m()
            wanted = {key: proposed.get(key, proposed[one.layer])} if one.kind else proposed
            found = wanted | found
    return found


def avoid_faults(avoid: list[Avoid]) -> list[Fault]:
    """Layers and kinds that are not known or named twice."""
    faults = []
    seen: set[str] = set()
    for number, one in enumerate(avoid):
        key = avoid_key(one.layer, one.kind)
        if one.layer not in AVOID_RULES:
            faults.append(_unknown_layer(number, one.layer))
        elif one.kind is not None and one.kind not in AVOID_RULES[one.layer].known_kinds:
            faults.append(_unknown_kind(number, one.layer, one.kind))
        elif key in seen:
            detail = f"'{key}' is named twice; give one distance."
            faults.append(Fault(f"/avoid/{number}/layer", detail))
        seen.add(key)
    return faults


def _unknown_layer(number: int, layer: str) -> Fault:
    known = ", ".join(AVOID_RULES)
    detail = f"'{layer}' is none of the layers that can be avoided: {known}."
    return Fault(f"/avoid/{number}/layer", detail)


def _unknown_kind(number: int, layer: str, kind: str) -> Fault:
    known = ", ".join(AVOID_RULES[layer].known_kinds) or "none"
    detail = f"'{kind}' is no kind of {layer} that is told apart: {known}."
    return Fault(f"/avoid/{number}/kind", detail)

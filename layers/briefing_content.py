"""A briefing as facts and tables in one language, alike for page, workbook and document.

Reasons, names and other free text of people stay out: a briefing travels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from geo.casualties import AreaFigures
from layers.briefing import Briefing
from layers.briefing_words import (
    ACTS,
    NO_LEVEL,
    NOBODY,
    NOT_STARTED,
    PUNCTUALITY,
    STATES,
    TITLE,
    UNREPORTED,
    Language,
    Phrase,
    clock_time,
    mark_of,
    measure_of,
    said,
)
from layers.exports import Cell
from layers.paper import Paper, Record
from relief.measurement import Measurement
from relief.response_level import Evaluation
from relief.vocabulary import INDICATORS, Hazard, Level

KEY_FIGURES = (
    "dead",
    "missing",
    "injured",
    "affected",
    "relocated",
    "in_need",
    "collapsed_rooms",
    "severely_damaged_rooms",
    "collapsed_households",
    "severely_damaged_households",
    "direct_economic_loss_10k_cny",
)
"""What a briefing states always, reported or not; whatever else was reported follows."""

_HAZARDS = {hazard.value: hazard for hazard in Hazard}
_LEVELS = {level.value: level for level in Level}


def briefing_paper(found: Briefing, language: Language) -> Paper:
    """The briefing's facts and its tables figures, counties, findings, unknown, acts, disputes."""
    return Paper(
        _facts(found, language),
        {
            "figures": list(figures(found.whole, language)),
            "counties": list(_counties(found, language)),
            "findings": list(_findings(found.standing.reported, language)),
            "unknown": list(_unknown(found, language)),
            "acts": list(_acts(found, language)),
            "disputes": list(_disputes(found, language)),
        },
    )


def _facts(found: Briefing, language: Language) -> Record:
    event, reported = found.event, found.standing.reported
    silent = "、".join(desk.name for desk in found.silent) or said(NOBODY, language)
    return {
        "mark": mark_of(event, language),
        "title": said(TITLE, language),
        "event": event["name"],
        "hazard": said(_HAZARDS[event["hazard"]], language),
        "occurred_at": clock_time(event["occurred_at"], language),
        "magnitude": event["magnitude"],
        "depth_km": event["depth_km"],
        "place": _place(event["lon"], event["lat"]),
        "as_of": clock_time(found.as_of, language),
        "figures_as_of": _newest(found, language),
        "known_at": clock_time(found.known_at, language),
        "plan": said(found.standing.plan.title, language),
        "level_reached": _level(reported.level, NO_LEVEL, language),
        "clauses": "；".join(dict.fromkeys(m.condition.clause for m in _deciding(reported))),
        "level_in_force": _level(found.life_cycle.level, NOT_STARTED, language),
        "state": said(STATES[found.life_cycle.state], language),
        "anticipated": _other(found.standing.anticipated, language),
        "lowered": _other(found.standing.lowered, language),
        "counties_reported": len(found.desks) - len(found.silent),
        "counties": len(found.desks),
        "silent": silent,
        "shelters": len(found.shelters),
        "shelters_open": sum(row["state"] == "open" for row in found.shelters),
        "free_places": sum(row["free"] for row in found.shelters if row["state"] == "open"),
    }


def _newest(found: Briefing, language: Language) -> str:
    """The as-of time of the newest figure that counts."""
    as_of = found.whole.as_of if found.whole else None
    return clock_time(as_of, language) if as_of else said(UNREPORTED, language)


def _place(lon: float | None, lat: float | None) -> str:
    return "" if lon is None or lat is None else f"{lon:.2f}°E {lat:.2f}°N"


def _level(level: Level | None, otherwise: Phrase, language: Language) -> str:
    return said(level or otherwise, language)


def _other(evaluation: Evaluation | None, language: Language) -> str:
    return _level(evaluation.level, NO_LEVEL, language) if evaluation else ""


def _deciding(evaluation: Evaluation) -> list[Measurement]:
    return [m for m in evaluation.findings if m.condition.level is evaluation.level]


def figures(area: AreaFigures | None, language: Language) -> Iterator[Record]:
    """The key figures and all others that were reported; what was not says so."""
    stated = area.figures if area else {}
    for code, indicator in INDICATORS.items():
        if code in KEY_FIGURES or code in stated:
            yield {
                "indicator": said(indicator, language),
                "value": stated.get(code, said(UNREPORTED, language)),
                "unit": said(indicator.unit, language),
            }


def _counties(found: Briefing, language: Language) -> Iterator[Record]:
    desks = {desk.code: desk for desk in found.desks}
    for area in found.counties:
        desk = desks.get(area.code)
        yield {
            "code": area.code,
            "name": area.name,
            "stage": said(area.stage, language) if area.stage else said(UNREPORTED, language),
            "as_of": clock_time(area.as_of, language) if area.as_of else None,
            "punctuality": said(PUNCTUALITY[desk.punctuality], language) if desk else None,
            **_stated(area.figures, language),
        }


def _stated(stated: Mapping[str, Cell], language: Language) -> Record:
    return {code: stated.get(code, said(UNREPORTED, language)) for code in KEY_FIGURES}


def _findings(evaluation: Evaluation, language: Language) -> Iterator[Record]:
    for finding in evaluation.findings:
        condition = finding.condition
        yield {
            "measure": measure_of(condition, language),
            "area": finding.admin_area,
            "value": finding.number,
            "threshold": condition.threshold,
            "unit": said(condition.unit, language),
            "level": said(condition.level, language),
            "clause": condition.clause,
        }


def _unknown(found: Briefing, language: Language) -> Iterator[Record]:
    names = {area.code: area.name for area in found.counties}
    for unknown in found.standing.reported.unknown:
        indicator = INDICATORS.get(unknown.indicator)
        yield {
            "indicator": said(indicator, language) if indicator else unknown.indicator,
            "area": names.get(unknown.admin_area or "", ""),
            "could_hide": said(unknown.could_hide, language),
        }


def _acts(found: Briefing, language: Language) -> Iterator[Record]:
    for act in found.acts:
        yield {
            "at": clock_time(act["at"], language),
            "kind": said(ACTS[act["kind"]], language),
            "level": said(_LEVELS[act["level"]], language),
            "clause": act["clause"],
            "document_number": act["document_number"],
        }


def _disputes(found: Briefing, language: Language) -> Iterator[Record]:
    names = {area.code: area.name for area in found.counties}
    for dispute in found.disagreements:
        yield {
            "area": names.get(dispute["area"], dispute["area"]),
            "indicator": said(INDICATORS[dispute["indicator"]], language),
            "counted": dispute["counted"]["value"],
            "other": dispute["other"]["value"],
            "difference": dispute["difference"],
        }

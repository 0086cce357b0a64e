"""The ledgers of an event as papers: who stands in them, and what each column says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from geo.database import Row
from layers.briefing_words import BEIJING, clock_time, mark_of
from layers.exports import Cell
from layers.paper import Paper, Record
from relief.ledger import ITEMS, RELIEF, agreed, customary_name
from relief.personal_data import masked_id_number
from relief.vocabulary import DamageGrade, Hazard, KeyGroup

MILITARY = (
    KeyGroup.PREFERENTIAL_CARE.value,
    KeyGroup.VETERAN_OLD_DISABLED.value,
    KeyGroup.MILITARY_FAMILY.value,
)
_GROUPS = {group.value: group.zh for group in KeyGroup}
_GRADES = {grade.value: grade.zh for grade in DamageGrade}
_HAZARDS = {hazard.value: hazard.zh for hazard in Hazard}
_SEXES = {"male": "男", "female": "女"}
_CASUALTIES = {
    "dead": "死亡",
    "missing": "失踪",
    "seriously_injured": "重伤",
    "injured": "受伤",
}


@dataclass(frozen=True)
class Ledger:
    """A kind of ledger: `by_household` or by entries in the register; `groups` None: everybody."""

    title: str
    by_household: bool = True
    groups: tuple[str, ...] | None = None
    hazard: str | None = None


LEDGERS: Mapping[str, Ledger] = {
    "relief": Ledger("受灾群众救助情况统计表"),
    "casualties": Ledger("因灾死亡、失踪、受伤人员台账", by_household=False),
    "veterans": Ledger("受灾退役军人及军属台账", groups=MILITARY),
    "earthquake": Ledger("地震受灾群众台账", hazard=Hazard.EARTHQUAKE.value),
}


@dataclass(frozen=True)
class Sight:
    """What of a person a reader sees: ID numbers whole or masked, and which items."""

    items: frozenset[str]
    unmasked: bool = False


def ledger_paper(
    ledger: Ledger, event: Row, known_at: datetime, rows: Iterable[Row], sight: Sight
) -> Paper:
    """The paper of a ledger; `rows` are gone through once."""
    facts = {
        "mark": mark_of(event, "zh"),
        "title": f"{_name(event)}{ledger.title}",
        "event": _name(event),
        "known_at": clock_time(known_at, "zh"),
        "id_numbers": "完整" if sight.unmasked else "部分隐藏",
    }
    return Paper(facts, {"rows": _records(rows, ledger, event, sight)})


def _records(rows: Iterable[Row], ledger: Ledger, event: Row, sight: Sight) -> Iterator[Record]:
    """Each person as the columns of every ledger may ask for it, numbered from 1."""
    groups = ledger.groups or tuple(_GROUPS)
    year = event["occurred_at"].astimezone(BEIJING).year
    for number, row in zip(count(1), rows, strict=False):
        id_number = row["id_number"]
        yield {
            "number": number,
            "household": row.get("household"),
            "place": _place(row),
            "name": row["name"],
            "sex": _SEXES.get(row["sex"]),
            "age": _age(row, year),
            "id_number": id_number if sight.unmasked else masked_id_number(id_number),
            "address": row["address"],
            "casualty": _CASUALTIES.get(row["casualty"]),
            "as_of": clock_time(row["as_of"], "zh") if "as_of" in row else None,
            "sources": row.get("sources"),
            "groups": "、".join(_GROUPS[g] for g in groups if g in row.get("key_groups", ())),
            "damage": _damage(row),
            **_filled_in(row.get("entries", {}), sight),
        }


def _name(event: Row) -> str:
    return customary_name(event["occurred_at"], _HAZARDS[event["hazard"]])


def _place(row: Row) -> str:
    """County and township by name, as the annex asks (note 2); the code where neither is known."""
    names = [row[level] for level in ("county", "township") if row[level]]
    return "".join(names) or row["area"] or ""


def _age(row: Row, year: int) -> int | None:
    if "age" in row:
        return row["age"]  # type: ignore[no-any-return]
    return None if row["birth_year"] is None else year - int(row["birth_year"])


def _damage(row: Row) -> str | None:
    grade = row.get("grade")
    return None if grade is None else f"{_GRADES[grade]} {row['rooms']} 间"


def _filled_in(entries: Mapping[str, str], sight: Sight) -> dict[str, Cell]:
    """The columns that departments fill; what nobody filled, or a reader may not see, is empty."""
    stated: dict[str, dict[str, str]] = {code: {} for code in ITEMS}
    for key, content in entries.items():
        item, department = key.split("/")
        if item in sight.items:
            stated[item][department] = content
    texts: dict[str, Cell] = {c: "；".join(by.values()) or None for c, by in stated.items()}
    given = [f"{ITEMS[code].zh}：{texts[code]}" for code in RELIEF if texts[code]]
    return texts | {
        "relief": "；".join(given) or None,
        "fell_into_poverty": agreed(stated["fell_into_poverty"]),
    }

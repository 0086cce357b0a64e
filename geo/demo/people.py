"""Households around villages and the persons in them: nobody real, sizes and ages as counted.

The census of 2020 gives each county's people, household size, one-person households, sex and ages.
Names say 样例 (sample), and ID numbers start with 000000, no area, and end in a wrong check digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geo.demo.ground import Ground, Village
from geo.demo.key_groups import households_of, key_groups
from geo.demo.plane import FloatArray, IntArray, apportioned, scattered
from geo.demo.sources import Census
from geo.demo.table import Table, geometries, invented, repeated

CENSUS_YEAR = 2020
_ADULT_BIN = 5  # the age groups from 20 to 24 on
_BIN_YEARS = np.array([1, 4, *[5] * 16, 12])
_BIN_START = np.concatenate([[0], np.cumsum(_BIN_YEARS)[:-1]])
_STEMS = "甲乙丙丁戊己庚辛壬癸"  # first to tenth
_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECKS = "10X98765432"  # GB 11643: the check digit by the sum modulo 11


@dataclass(frozen=True)
class Households:
    """The households of one county: row i is `ids[i]` at `xy_m[i]` with `persons[i]` people."""

    county: str
    ids: list[str]
    village: list[str]
    xy_m: FloatArray
    persons: IntArray

    def __len__(self) -> int:
        return len(self.ids)


def people(ground: Ground, share: float) -> Iterator[tuple[Households, Table, Table]]:
    """County by county its households, and their rows and their persons' rows for the store.

    `share` of all households is made, each standing for itself: at 1.0 the persons of a county
    add up to its census population.
    """
    for code, census in ground.census.items():
        rng = ground.rng(f"people {code}")
        villages = [v for v in ground.villages if v.code[:6] == code]
        households = _households(rng, ground, census, villages, share)
        persons, groups = _persons(rng, census, households)
        yield households, _household_table(ground, villages, households, groups), persons


def _households(
    rng: np.random.Generator, ground: Ground, census: Census, villages: list[Village], share: float
) -> Households:
    count = max(1, round(census.households * share))
    of_village = apportioned(count, [v.households for v in villages])
    ids = [
        f"H{v.code}-{i:05d}"
        for v, n in zip(villages, of_village.tolist(), strict=True)
        for i in range(1, n + 1)
    ]
    spots = [
        _doorsteps(rng, ground, v, n) for v, n in zip(villages, of_village.tolist(), strict=True)
    ]
    home = np.repeat(np.arange(len(villages)), of_village)
    return Households(
        county=census.code,
        ids=ids,
        village=[villages[i].code for i in home.tolist()],
        xy_m=np.vstack(spots),
        persons=_sizes(rng, count, round(census.population * share), census.one_person_share),
    )


def _doorsteps(
    rng: np.random.Generator, ground: Ground, village: Village, count: int
) -> FloatArray:
    """Homes of one village: the more there really are, the wider they spread."""
    sigma_m = 60 + 6 * village.households**0.5
    inner_m = ground.townships[village.code[:9]].inner_m
    centres = np.repeat(village.xy_m[None], count, axis=0)
    return scattered(rng, centres, np.full(count, sigma_m), inner_m)


def _sizes(rng: np.random.Generator, count: int, people_: int, alone_share: float) -> IntArray:
    """Household sizes that add up to `people_`: the stated part live alone, the rest are dealt."""
    alone = round(alone_share * count)
    sizes = np.where(np.arange(count) < alone, 1, 2)
    spare = people_ - int(sizes.sum())
    sizes[alone:] += np.bincount(rng.integers(count - alone, size=spare), minlength=count - alone)
    return rng.permutation(sizes)


def _persons(
    rng: np.random.Generator, census: Census, households: Households
) -> tuple[Table, list[list[str]]]:
    """The rows of all persons, and the key groups of each household."""
    home = np.repeat(np.arange(len(households)), households.persons)
    first = np.concatenate([[True], home[1:] != home[:-1]])
    place = np.arange(len(home)) - np.repeat(np.flatnonzero(first), households.persons) + 1
    age = _ages(rng, census, first)
    male = rng.random(len(home)) < census.men_share
    alone = households.persons[home] == 1
    rural = rng.random(len(home)) >= census.urban_share
    groups = key_groups(rng, age, rural=rural, alone=alone)
    year = CENSUS_YEAR + 6 - age
    ids = [f"{households.ids[h]}-{p}" for h, p in zip(home.tolist(), place.tolist(), strict=True)]
    table = Table(
        "persons",
        {
            "id": ids,
            "household": [households.ids[h] for h in home.tolist()],
            "name": [_name(i) for i in ids],
            "sex": np.where(male, "male", "female").tolist(),
            "birth_year": year.tolist(),
            "id_number": _id_numbers(rng, year, male),
            "key_groups": groups,
            "synthetic": repeated(True, len(home)),
        },
    )
    return table, households_of(groups, home, len(households))


def _ages(rng: np.random.Generator, census: Census, first: np.ndarray) -> IntArray:
    """Ages in years by the county's census; the first of a household is grown up."""
    shares = np.array(census.age_shares)
    shares /= shares.sum()
    adults = np.where(np.arange(len(shares)) >= _ADULT_BIN, shares, 0)
    group = rng.choice(len(shares), size=len(first), p=shares)
    group[first] = rng.choice(len(shares), size=int(first.sum()), p=adults / adults.sum())
    within: IntArray = (rng.random(len(first)) * _BIN_YEARS[group]).astype(np.int64)
    return _BIN_START[group] + within


def _name(person: str) -> str:
    """样例00012甲 for the first person of household 12 of a village."""
    _, household, place = person.split("-")
    return f"样例{household}{_STEMS[int(place) - 1 : int(place)] or place}"


def _id_numbers(rng: np.random.Generator, year: IntArray, male: np.ndarray) -> list[str]:
    """Eighteen characters that no authority can have issued: area 000000, a wrong check digit."""
    month, day = rng.integers(1, 13, len(year)), rng.integers(1, 29, len(year))
    serial = rng.integers(0, 500, len(year)) * 2 + male
    birthday = (year * 100 + month) * 100 + day
    digits = birthday * 1000 + serial
    total = sum((digits // 10 ** (10 - k)) % 10 * w for k, w in enumerate(_ID_WEIGHTS[6:].tolist()))
    wrong = [_ID_CHECKS[(int(t) + 1) % 11] for t in total]
    return [f"000000{d}{c}" for d, c in zip(digits.tolist(), wrong, strict=True)]


def _household_table(
    ground: Ground, villages: list[Village], households: Households, groups: list[list[str]]
) -> Table:
    place = {v.code: f"{ground.townships[v.code[:9]].name}{v.name}" for v in villages}
    count = len(households)
    return Table(
        "households",
        {
            "id": households.ids,
            "area": households.village,
            "head_name": [_name(f"{i}-1") for i in households.ids],
            "address": [
                f"{place[v]}样例{i[-5:]}号"
                for v, i in zip(households.village, households.ids, strict=True)
            ],
            "persons": households.persons.tolist(),
            "key_groups": groups,
            "geom": geometries(ground.plane.points(households.xy_m)),
            **invented(ground.source, count, error_m=10.0),
        },
    )

"""An assignment on files alone: places in, the figures and a table of who sleeps where out."""

from __future__ import annotations

import csv
import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geo.crs_zones import Plane, plane_of
from geo.place_files import Places, places_in
from relief.assignment import Assignment, Households, Shelters, assign
from relief.errors import InvalidInput
from relief.progress import Progress


@dataclass(frozen=True)
class FileAssignment:
    """The plan beside the files' rows that its numbers stand for."""

    households: Places
    shelters: Places
    plan: Assignment

    def figures(self) -> dict[str, float | int | None]:
        """People placed and left over, their way, its lower bound and the gap to it."""
        plan = self.plan
        return {
            "assigned_people": plan.assigned_people,
            "unassigned_people": plan.unassigned_people,
            "person_metres": plan.person_metres,
            "lower_bound": plan.lower_bound,
            "gap": plan.gap if math.isfinite(plan.gap) else None,
        }

    def write(self, table: Path) -> None:
        """Writes the CSV `household,shelter`, complete or not at all; empty where left over."""
        shelter = np.append(self.shelters.ids, "")[self.plan.shelter_of_household]  # -1: the last
        unfinished = table.with_name(f"{table.name}.{os.getpid()}.part")
        try:
            with unfinished.open("w", newline="", encoding="utf-8") as file:
                rows = csv.writer(file)
                rows.writerow(["household", "shelter"])
                rows.writerows(zip(self.households.ids.tolist(), shelter.tolist(), strict=True))
            unfinished.replace(table)
        except OSError as error:
            raise InvalidInput(f"{table} can't be written: {error.strerror}.") from None


def assignment_of_files(
    households: Path, shelters: Path, max_distance_m: float | None, progress: Progress
) -> FileAssignment:
    """Who sleeps where, by straight lines in the CGCS2000 zone around the households' middle.

    Columns: id, lon, lat, persons and perhaps priority (a whole number, the higher goes first);
    id, lon, lat, capacity. Raises InvalidInput naming row and column of what can't be used.
    """
    homes = places_in(households, "persons", "priority")
    places = places_in(shelters, "capacity")
    plane = _plane(homes if len(homes.ids) else places)
    priority = homes.numbers.get("priority")
    plan = assign(
        Households(
            *plane.metres(homes.lon, homes.lat),
            homes.numbers["persons"].astype(np.int64),
            None if priority is None else priority.astype(np.int64),
        ),
        Shelters(
            *plane.metres(places.lon, places.lat), places.numbers["capacity"].astype(np.int64)
        ),
        max_distance_m,
        progress=progress,
    )
    return FileAssignment(homes, places, plan)


def _plane(around: Places) -> Plane:
    """The zone around the middle of these places; any zone where there are none."""
    if not len(around.lon):
        return plane_of(114.0)
    return plane_of(float((around.lon.min() + around.lon.max()) / 2))

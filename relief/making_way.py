"""Who makes way for those without a place: a flow of few households, widened while that pays.

The flow goes over the loose households: those without a place, and those whose shelter holds too
many. Its prices tell what a place is worth; chains of the cheapest detours lead from there to
free places, and the households that such chains need become loose too. When no chain and no way
is left that would lower the whole, the flow is the best one over all households and shelters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from relief.cells import least_of
from relief.chains import along_chains, lowered
from relief.detours import Detours, Rows
from relief.keeping import KeepingReach
from relief.progress import Cancelled, Progress, step
from relief.reach import BoolArray, FloatArray, IntArray
from relief.seating import OUTSIDE, Seating
from relief.transport import Arcs, Flow, cheapest_flow

_SLICE = 2_000_000
_NEAREST = 4
_ROOM = 1.5
"""Every loose household may go to the nearest free places for so many times all who are loose."""
_MOST_TARGETS = 64
_TURNS = 60
_LEAST_M = 0.01
_BEST = 3
"""Where prices are known beforehand, so many ways of each household are enough."""


@dataclass(frozen=True)
class Widened:
    """The last flow: the loose households, their ways (groups are places in `household`), and
    what places are worth."""

    household: IntArray
    ways: Arcs
    flow: Flow
    price_m: FloatArray


@dataclass(frozen=True)
class _Wishes:
    """Where each loose household would go at some prices, and what it would save."""

    shelter: IntArray
    gain_m: FloatArray


class MakingWay:
    """Loosens households of `seating`, which it unseats, until their flow is good enough.

    `reach` is the seating's own, `rows` are its distances without the price of moving.
    """

    def __init__(self, seating: Seating, reach: KeepingReach, rows: Rows, rank: IntArray) -> None:
        self._seating, self._reach, self._rows, self._rank = seating, reach, rows, rank
        self._persons, self._size = seating.persons, len(seating.free)
        self._key = self._first_ways()

    def widened(self, enough_m: float, progress: Progress, cancelled: Cancelled) -> Widened:
        """The flow of whoever is loose in the end: once it is within `enough_m` of its bound."""
        detours = Detours(self._rows, self._seating.shelter_of, self._size)
        least_m = max(_LEAST_M, 4 * self._rows.error_m)
        for turn in range(_TURNS):
            step(turn / _TURNS, progress, cancelled)
            who, ways, flow = self._flow()
            price_m, worth_m = self._prices(who, ways, flow)
            move_m = detours.added_m + self._reach.moving_price_m
            low_m, following = lowered(price_m, move_m, least_m)
            wishes = self._wishes(who, worth_m, low_m)
            free_m = np.dot(self._seating.free, price_m - low_m)
            short_m = float(np.dot(self._persons[who], wishes.gain_m) - free_m)
            # Even at these prices somebody moves: into a free place, or in a ring of moves, along
            # which prices would fall for ever.
            gaining = move_m + low_m < low_m[:, None] - 2 * least_m
            if turn == _TURNS - 1 or (short_m <= enough_m and not gaining.any()):
                break
            if not self._widen(who, wishes, gaining, following, detours):
                break
        return Widened(who, ways, flow, low_m)

    def at_once(self, near: IntArray, price_m: FloatArray) -> Widened:
        """The flow of the loose ones and those who are `near` to moving where places are worth
        about `price_m`."""
        best = self._best_ways(near, price_m)
        self._key = self._open(np.unique(np.append(self._key, best)))
        who, ways, flow = self._flow()
        return Widened(who, ways, flow, self._prices(who, ways, flow)[0])

    # ── Ways ─────────────────────────────────────────────────────────────────────────────────

    def _first_ways(self) -> IntArray:
        """Unseats whom a shelter has no room for; the ways of all who are without a place: to the
        nearest shelters, to the nearest with free places, and to where they are."""
        seating = self._seating
        crowded = np.flatnonzero(seating.free < 0)
        there = np.flatnonzero(np.isin(seating.shelter_of, crowded) & (self._persons > 0))
        stay = there * self._size + seating.shelter_of[there]
        seating.unseat_all(there)
        loose = np.flatnonzero((seating.shelter_of == OUTSIDE) & (self._persons > 0))
        roomy = self._nearest_room(loose)
        found, count = [stay], min(_NEAREST, self._size)
        for part in self._slices(loose):
            metres = self._rows.rows(part)
            near = np.argpartition(metres, count - 1, axis=1)[:, :count]
            roomy_too = np.broadcast_to(roomy, (len(part), len(roomy)))
            target = np.concatenate([near, roomy_too], axis=1)
            found.append((part[:, None] * self._size + target).ravel())
        return self._open(np.unique(np.concatenate(found)))

    def _best_ways(self, near: IntArray, price_m: FloatArray) -> IntArray:
        """Loosens these households; their ways: to where they are and to the best at the prices."""
        seating, count = self._seating, min(_BEST, self._size)
        found = [near * self._size + seating.shelter_of[near]]
        for part in self._slices(near):
            priced_m = self._rows.rows(part) + price_m
            best = np.argpartition(priced_m, count - 1, axis=1)[:, :count]
            found.append((part[:, None] * self._size + best).ravel())
        seating.unseat_all(near)
        return np.concatenate(found)

    def _nearest_room(self, loose: IntArray) -> IntArray:
        """The shelters nearest to the loose households that have free places for all of them."""
        persons, free = self._persons, self._seating.free
        total = np.zeros(self._size)
        for part in self._slices(loose):
            metres = self._rows.rows(part)
            total += persons[part] @ np.where(np.isfinite(metres), metres, 1e8)
        order = np.argsort(total, kind="stable")
        order = order[free[order] > 0]
        enough = np.searchsorted(np.cumsum(free[order]), _ROOM * persons[loose].sum()) + 1
        return order[: min(int(enough), _MOST_TARGETS)]

    def _open(self, key: IntArray) -> IntArray:
        """Those of the ways that may be gone."""
        metres = self._reach.pairs(*np.divmod(key, self._size))
        return key[np.isfinite(metres)]

    # ── Flow and prices ──────────────────────────────────────────────────────────────────────

    def _flow(self) -> tuple[IntArray, Arcs, Flow]:
        household, shelter = np.divmod(self._key, self._size)
        begin = np.diff(household, prepend=-1) != 0
        who, group = household[begin], np.cumsum(begin) - 1
        ways = Arcs(group, shelter, self._reach.pairs(household, shelter))
        free = self._seating.free
        return who, ways, cheapest_flow(ways, self._persons[who], free, self._rank[who])

    def _prices(self, who: IntArray, ways: Arcs, flow: Flow) -> tuple[FloatArray, FloatArray]:
        """(what a place is worth in each shelter, what each loose household pays at these prices).

        Where those who stay leave no place, the flow knows no price: there it is the least at
        which nobody loose would want to come.
        """
        full = self._seating.free <= 0
        price_m = np.where(full, np.inf, flow.price_m)
        least_m = least_of(ways.group, ways.distance_m + price_m[ways.shelter], len(who))
        worth_m = np.minimum(least_m, flow.out_m)
        price_m[full] = 0.0
        for part, metres in self._costs(who):
            wanted = (worth_m[part, None] - metres[:, full]).max(axis=0, initial=0.0)
            price_m[full] = np.maximum(price_m[full], wanted)
        return price_m, worth_m

    def _wishes(self, who: IntArray, worth_m: FloatArray, price_m: FloatArray) -> _Wishes:
        shelter, gain_m = np.zeros(len(who), np.int64), np.zeros(len(who))
        for part, metres in self._costs(who):
            metres += price_m
            best = metres.argmin(axis=1)
            shelter[part] = best
            gain_m[part] = worth_m[part] - metres[np.arange(len(best)), best]
        return _Wishes(shelter, np.maximum(gain_m, 0.0))

    def _costs(self, who: IntArray) -> Iterator[tuple[IntArray, FloatArray]]:
        """Metres of the loose households to every shelter with the price of moving, in slices."""
        for part in self._slices(np.arange(len(who))):
            former, metres = self._reach.former[who[part]], self._rows.rows(who[part])
            cost_m = metres.astype(np.float64)
            kept = np.flatnonzero(former != OUTSIDE)
            cost_m[kept] += self._reach.moving_price_m
            cost_m[kept, former[kept]] -= self._reach.moving_price_m
            yield part, cost_m

    def _slices(self, households: IntArray) -> list[IntArray]:
        return np.array_split(households, 1 + households.size * self._size // _SLICE)

    # ── Widening ─────────────────────────────────────────────────────────────────────────────

    def _widen(
        self,
        who: IntArray,
        wishes: _Wishes,
        gaining: BoolArray,
        following: IntArray,
        detours: Detours,
    ) -> bool:
        """Adds the ways wished for and those who make way, along the chains and where somebody
        is `gaining` by it anyway; false where there was nothing to add."""
        wanting = wishes.gain_m > max(_LEAST_M, 2 * self._rows.error_m)
        wished = who[wanting] * self._size + wishes.shelter[wanting]
        coming = np.bincount(wishes.shelter[wanting], self._persons[who[wanting]], self._size)
        room = gaining * np.maximum(self._seating.free, 1)
        movers = self._movers(np.maximum(along_chains(coming, following), room), detours)
        before = len(self._key)
        self._key = self._open(np.unique(np.concatenate([self._key, wished, movers])))
        return len(self._key) > before

    def _movers(self, wanted: FloatArray, detours: Detours) -> IntArray:
        """Loosens the cheapest movers for these numbers of people; their ways."""
        found = [np.zeros(0, np.int64)]
        for source in np.flatnonzero(wanted.any(axis=1)):
            members = np.flatnonzero(self._seating.shelter_of == source)
            targets = np.flatnonzero(wanted[source])
            added_m = self._added_m(members, int(source), targets)
            moving = np.zeros(len(members), bool)
            for target, column in zip(targets, added_m, strict=True):
                chosen = self._cheapest(members, column, wanted[source, target])
                moving[chosen] = True
                found.append(members[chosen] * self._size + target)
            found.append(members[moving] * self._size + source)
            self._seating.unseat_all(members[moving])
            detours.renew(int(source), members[~moving])
        return np.concatenate(found)

    def _added_m(self, members: IntArray, source: int, targets: IntArray) -> FloatArray:
        """What going from the source to each target adds for the members, one row a target."""
        stay_m = self._reach.reach.pairs(members, np.full(len(members), source))
        go_m = self._reach.reach.pairs(members[None, :], targets[:, None])
        added_m: FloatArray = go_m - stay_m
        return added_m

    def _cheapest(self, members: IntArray, added_m: FloatArray, people: float) -> IntArray:
        """Those of the members, by place, who add least and are so many people together."""
        able = np.flatnonzero(np.isfinite(added_m) & (self._persons[members] > 0))
        count = min(int(people), len(able))
        if count < len(able):
            able = able[np.argpartition(added_m[able], count)[: count + 1]]
        order = able[np.argsort(added_m[able], kind="stable")]
        persons = self._persons[members[order]]
        return order[np.cumsum(persons) - persons < people]

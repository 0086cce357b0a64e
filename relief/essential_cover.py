"""The rows and columns of a cover that decide it; the rest loses nothing by going."""

from __future__ import annotations

import numpy as np

from relief.reach import BoolArray, FloatArray, IntArray

_MOST_COMPARED = 3_000


def essential_cover(within: BoolArray, fixed: IntArray) -> tuple[BoolArray, IntArray]:
    """What is left to cover beside the fixed sites: demands by sites, and which columns they are.

    A demand that is reached whenever another is goes, and so does a site that reaches nothing
    which another does not.
    """
    others = within[~within[:, fixed].any(axis=1)]
    covers = merged_rows(others, np.ones(len(others)))[0]
    column = np.arange(covers.shape[1])
    while True:
        rows = _minimal(covers)
        most = _minimal(~covers[rows].T)
        if len(rows) == len(covers) and len(most) == len(column):
            return covers, column
        covers, column = covers[np.ix_(rows, most)], column[most]


def merged_rows(within: BoolArray, weight: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Demands that the same sites reach as one row; those that none reaches are dropped."""
    reached = within.any(axis=1)
    packed = np.packbits(within[reached], axis=1)
    first, row = np.unique(packed, axis=0, return_index=True, return_inverse=True)[1:]
    return within[reached][first], np.bincount(row, weight[reached], len(first)).astype(np.float64)


def _minimal(sets: BoolArray) -> IntArray:
    """The rows that contain no other row, of equal ones the first; all where they are too many."""
    if not 0 < len(sets) <= _MOST_COMPARED:
        return np.arange(len(sets))
    size = sets.sum(axis=1)
    number = np.arange(len(sets))
    shared = sets.astype(np.float32) @ sets.T.astype(np.float32)
    within = shared == size[:, None]
    earlier = (size[:, None] < size) | (number[:, None] < number)
    return np.flatnonzero(~(within & earlier & (number[:, None] != number)).any(axis=0))

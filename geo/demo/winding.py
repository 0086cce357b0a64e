"""A smooth distortion of the plane, so that straight lines drawn in it wind as borders do."""

from __future__ import annotations

import numpy as np

from geo.demo.plane import FloatArray

_WAVES_M = (11_000.0, 4_500.0, 1_800.0, 700.0)
_STEEPNESS = 0.03
"""Amplitude over wavelength: the gradients of all waves add up to under 1, so nothing folds."""
_ROUNDS = 40


class Winding:
    """x -> x + d(x), with d a sum of waves of some metres to some hundred metres."""

    def __init__(self, rng: np.random.Generator) -> None:
        heading = rng.uniform(0, 2 * np.pi, (len(_WAVES_M), 2))
        self._waves = [
            (2 * np.pi / length * np.array([np.cos(h), np.sin(h)]), phase, _STEEPNESS * length)
            for length, hs in zip(_WAVES_M, heading, strict=True)
            for h, phase in ((hs[0], rng.uniform(0, 2 * np.pi, 2)), (hs[1], rng.uniform(0, 6, 2)))
        ]

    def distorted(self, xy: FloatArray) -> FloatArray:
        """Points (n, 2) in metres, moved."""
        return xy + self._shift(xy)

    def straightened(self, xy: FloatArray) -> FloatArray:
        """The points that `distorted` moves to these, by iteration to under a micrometre."""
        origin = xy
        for _ in range(_ROUNDS):
            origin = xy - self._shift(origin)
        return origin

    def _shift(self, xy: FloatArray) -> FloatArray:
        shift = np.zeros_like(xy)
        for wave, phase, amplitude in self._waves:
            shift += amplitude / 2 * np.sin((xy @ wave)[:, None] + phase)
        return shift

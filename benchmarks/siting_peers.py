"""spopt with CBC on one siting question; benchmarks/siting.py runs it.

    python -m venv FOLDER && FOLDER/bin/pip install spopt==0.7.0 PuLP==3.3.2
    python benchmarks/siting.py --peers FOLDER/bin/python

They draw in scikit-learn and geopandas, which the project does without. Prints CPU seconds, those
spent on building the programme, the value, the bound and how CBC ended.
"""

from __future__ import annotations

import re
import resource
import sys
import tempfile
from pathlib import Path

import numpy as np
import pulp
from spopt.locate import LSCP, MCLP, PCenter, PMedian

_ENDED = {"Optimal solution found": "proven", "Stopped on time limit": "stopped"}


def spent() -> float:
    """CPU seconds of this process and of CBC, which is one of its own."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def model(objective: str, away: np.ndarray, weight: np.ndarray, count: int, radius_m: float):
    if objective == "p_median":
        return PMedian.from_cost_matrix(away, weight, p_facilities=count)
    if objective == "p_center":
        return PCenter.from_cost_matrix(away, p_facilities=count)
    if objective == "max_cover":
        return MCLP.from_cost_matrix(away, weight, radius_m, p_facilities=count)
    reached = away.min(axis=1) <= radius_m
    return LSCP.from_cost_matrix(away[reached], radius_m)


def main() -> None:
    objective, count, radius_m, limit_s, instance = sys.argv[1:]
    held = np.load(instance)
    begin = spent()
    asked = model(objective, held["away"], held["weight"], int(count), float(radius_m))
    built = spent() - begin
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "cbc.log"
        asked.problem.solve(
            pulp.PULP_CBC_CMD(timeLimit=float(limit_s), logPath=str(log), msg=False)
        )
        text = log.read_text()
    value = pulp.value(asked.problem.objective)
    how = next((word for said, word in _ENDED.items() if said in text), "unknown")
    bound = re.findall(r"(?:Lower|Upper) bound:\s+(-?[\d.]+(?:e[+-]?\d+)?)", text)
    best = value if how == "proven" else abs(float(bound[-1])) if bound else 0.0
    print(spent() - begin, built, value or 0.0, best, how)


if __name__ == "__main__":
    main()

"""A small result is kept in git, so that a change of numbers shows as a diff in review.

``python -m tests.ensemble.test_recorded`` writes it anew. Digits may differ beyond the
tenth on another type of processor.
"""

import csv
from pathlib import Path

import pytest

from techduel import load_scenario, simulate
from techduel.ensemble.record import Record

RECORDED = Path(__file__).resolve().parents[2] / "results" / "reference" / "baseline_to_2023.csv"
COLUMNS = ("variable", "state", "sector", "time", "mean")
RUNS, SEED = 8, 1
ANEW = "python -m tests.ensemble.test_recorded"
SECTORAL = ("technology_frontier", "sales", "rd", "self_sufficiency")

type Rows = dict[tuple[str, str, str, str], float]


def computed() -> Rows:
    """Means over eight runs of the first twelve quarters, at year ends."""
    record = simulate(load_scenario("baseline_2021", "params=default", "horizon=2023"), RUNS, SEED, record="headline")
    return {
        (name, state, sector, time): mean
        for name, state, _, sector, time, mean, *_ in record.summary()
        if kept(record, name, time)
    }


def kept(record: Record, name: str, time: str) -> bool:
    sectoral = "sector" in record.dims(name)
    return float(time or 0) % 1.0 == 0.75 and name != "money_gap" and (not sectoral or name in SECTORAL)


def recorded() -> Rows:
    with RECORDED.open(encoding="utf-8", newline="") as file:
        return {tuple(row[column] for column in COLUMNS[:4]): float(row["mean"]) for row in csv.DictReader(file)}  # type: ignore[misc]


def test_numbers_are_those_on_record() -> None:
    now, before = computed(), recorded()
    others = sorted({key[0] for key in now.keys() ^ before.keys()})
    assert not others, f"rows of {', '.join(others)} came or went; if that is meant: {ANEW}"
    moved = {
        key: (before[key], value)
        for key, value in now.items()
        if value != pytest.approx(before[key], rel=1e-9, nan_ok=True)
    }
    assert not moved, f"{len(moved)} numbers moved; if that is meant: {ANEW}"


def main() -> None:
    """Write the record anew."""
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([*key, repr(float(mean))] for key, mean in sorted(computed().items()))


if __name__ == "__main__":
    main()

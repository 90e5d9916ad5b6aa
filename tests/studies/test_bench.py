"""What bench needs from the repository is found from anywhere."""

import subprocess
import sys
from pathlib import Path

from experiments.bench import against_reference
from techduel import load_scenario


def test_the_reference_is_found() -> None:
    lines = {name: value for name, value, _ in against_reference(load_scenario("baseline_2021", "horizon=2021"), 2)}
    assert lines["times_reference"] is not None
    assert lines["times_reference"] > 1.0
    assert lines["reference_us_per_firm_quarter"] is not None


def test_the_reference_is_found_from_another_folder(tmp_path: Path) -> None:
    repository = Path(__file__).resolve().parents[2]
    code = f"import sys; sys.path.insert(0, {str(repository)!r}); import experiments.bench as m; print(m.reference())"
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "tests.reference" in found.stdout

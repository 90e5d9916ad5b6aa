"""``python -m techduel.scenario.posterior``: mark the posteriors as fitted under the present equations and facts.

Only after a change that is proved to leave every number as it was; ``make stamp`` runs that proof first. The witness
proves nothing of a posterior that was fitted before it was made anew, so each posterior names the witness that vouches
for it: the one under which it was first marked with the equations of its fit. The hash of those is kept.
"""

import hashlib
import json
import sys
from pathlib import Path

from techduel.scenario.fingerprint import model_hash
from techduel.scenario.posteriors import posterior_years

FOLDER = Path(__file__).resolve().parent
WITNESS = FOLDER.parents[3] / "tests" / "witness"


def main() -> int:
    """Stamp every posterior, or none and 1 where the witness does not vouch for one."""
    paths = [FOLDER / f"posterior_{year}.json" for year in posterior_years()]
    fits = {path: json.loads(path.read_text(encoding="utf-8")) for path in paths}
    witness = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(WITNESS.glob("*.npz")))).hexdigest()
    here = {"sources": model_hash(), "witness": witness}
    unseen = [path.name for path, fit in fits.items() if not here.items() & fit.items()]
    if unseen:
        print(
            f"{', '.join(unseen)}: the witness in tests/witness was made anew since this fit was marked, so it proves "
            "nothing of it: fit again (techduel calibrate install=true), or leave it",
            file=sys.stderr,
        )
        return 1
    for path, fit in fits.items():
        stamped = {**fit, "fitted_as": fit.get("fitted_as", fit["sources"]), **here}
        path.write_text(json.dumps(stamped, indent=1) + "\n", encoding="utf-8")
        print(f"{path.name}: {fit['sources'][:8]} -> {here['sources'][:8]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

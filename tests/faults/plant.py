"""Plant faults in a copy of the repository, one at a time, and see whether the tests find them.

Run from the repository with ``make faults`` or ``python -m tests.faults.plant [words...]``; with words, only faults
whose file, text or tests hold one of them. A fault that no test finds is a hole in the suite.
"""

import compileall
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import SimpleQueue
from typing import Final

from tests.faults.fault import Fault
from tests.faults.planted import FAULTS

REPOSITORY: Final = Path(__file__).resolve().parents[2]
LEFT_OUT: Final = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")
STAYS: Final = {"README.md", "reference"}
"""Of `results`, what belongs to the repository."""
WORKERS: Final = 2
QUICK: Final = "not reliability and not ensembles"
PYTEST: Final = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
EQUATIONS: Final = ("sim/techduel/model/", "sim/techduel/facts/base_")
"""How paths begin of files that are compiled: a fault there costs a compilation, so tests run it as it is written."""
PASSED, FAILED = 0, 1
"""What pytest returns; anything else says that it could not run the tests."""
LONGEST: Final = 600.0
"""Seconds that the tests of one fault may take: a fault that makes the model hang is found as well."""


@dataclass(frozen=True)
class Finding:
    """What became of a fault."""

    fault: Fault
    verdict: str
    """Caught, SURVIVED, or UNTESTED where the tests did not run."""
    by: str
    """The first test that failed."""
    seconds: float


def main(words: Sequence[str]) -> int:
    """Print a line for every fault; 1 if the tests fail without any fault, or one survives or could not be tested."""
    chosen = [fault for fault in FAULTS if not words or any(word in " ".join(fault) for word in words)]
    if not chosen:
        print(f"No fault holds any of: {' '.join(words)}")
        return 1
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="techduel_faults_") as folder:
        copies = [_copy(REPOSITORY, Path(folder) / str(number)) for number in range(WORKERS)]
        if not all(its_own(tree) for tree in copies):
            return 1
        tests = sorted({(test, compiled(fault)) for fault in chosen for test in fault.tests.split()})
        print(f"{len(tests)} files of tests and tests, without any fault", flush=True)
        if not all(list(_each(lambda test, tree: sound(tree, *test), tests, copies))):
            print("The tests fail without any fault, so they would find anything; nothing was planted.")
            return 1
        print(f"They pass, {time.monotonic() - begun:.0f} s; now {len(chosen)} faults", flush=True)
        findings = [_told(finding) for finding in _each(planted, chosen, copies)]
    lost = [finding for finding in findings if finding.verdict != "caught"]
    print(f"{len(findings)} faults, {len(lost)} not caught, {time.monotonic() - begun:.0f} s")
    return 1 if lost else 0


def compiled(fault: Fault) -> bool:
    """Whether the tests of a fault run compiled: where it is in no equation."""
    return not fault.path.startswith(EQUATIONS)


def its_own(tree: Path) -> bool:
    """Whether what Python imports in a copy is the copy's."""
    code, output = run(tree, "-c", "import techduel, experiments; print(techduel.__file__, experiments.__file__)")
    if code or any(not path.startswith(str(tree)) for path in output.split()):
        print(f"The copy in {tree} is not what Python imports there: {output}")
        return False
    return True


def sound(tree: Path, test: str, way: bool = True) -> bool:
    """Whether a test passes in a copy as it is, compiled or as written."""
    begun = time.monotonic()
    code, output = run(tree, *PYTEST, *_paths(tree, [test]), way=way)
    verdict = "passes" if code == PASSED else f"fails\n{output}"
    print(f"{time.monotonic() - begun:13.0f} s  {test}, {'compiled' if way else 'as written'}: {verdict}", flush=True)
    return code == PASSED


def planted(fault: Fault, tree: Path) -> Finding:
    """The fault put into a copy, its tests run, the copy mended."""
    begun, path = time.monotonic(), tree / fault.path
    healthy = path.read_text(encoding="utf-8")
    path.write_text(faulty(healthy, fault), encoding="utf-8")
    try:
        code, output = run(tree, *PYTEST, *_paths(tree, fault.tests.split()), way=compiled(fault))
    finally:
        path.write_text(healthy, encoding="utf-8")
    verdict = {PASSED: "SURVIVED", FAILED: "caught"}.get(code, "UNTESTED")
    return Finding(fault, verdict, _first_failure(output), time.monotonic() - begun)


def faulty(text: str, fault: Fault) -> str:
    """The text of a file with a fault in it.

    Raises
    ------
    ValueError
        If what the fault replaces does not stand there exactly once.
    """
    if text.count(fault.old) != 1:
        raise ValueError(f"{fault.path} holds {fault.old!r} {text.count(fault.old)} times, not once")
    return text.replace(fault.old, fault.new)


def run(tree: Path, *arguments: str, way: bool = True) -> tuple[int, str]:
    """What Python returns and prints in a copy; it writes no bytecode, which could be that of a fault.

    Machine code of a copy stays in it; without the compiler, tests of whole ensembles are left out.
    """
    paths = {"PYTHONPATH": f"{tree}:{tree / 'sim'}", "TECHDUEL_CACHE": str(tree / "machine_code")}
    jit = {} if way else {"NUMBA_DISABLE_JIT": "1"}
    setting = {**os.environ, **paths, **jit, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    command = [sys.executable, *arguments, *([] if way else ("-m", QUICK))]
    try:
        done = subprocess.run(
            command, cwd=tree, env=setting, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return FAILED, "FAILED by taking too long"
    return done.returncode, done.stdout + done.stderr


def _each[T, R](do: Callable[[T, Path], R], items: Sequence[T], copies: Sequence[Path]) -> Iterator[R]:
    """What becomes of each item in a copy, in their order; as many at a time as there are copies."""
    free: SimpleQueue[Path] = SimpleQueue()
    for tree in copies:
        free.put(tree)

    def done(item: T) -> R:
        tree = free.get()
        try:
            return do(item, tree)
        finally:
            free.put(tree)

    with ThreadPoolExecutor(len(copies)) as pool:
        yield from pool.map(done, items)


def _told(finding: Finding) -> Finding:
    """The same, printed."""
    fault = finding.fault
    place = fault.path.removeprefix("sim/techduel/")
    print(f"{finding.verdict:9}{finding.seconds:4.0f} s  {place:22} {fault.old}  ->  {fault.new}")
    print(f"{'':18}{finding.by or fault.tests}", flush=True)
    return finding


def _copy(tree: Path, target: Path) -> Path:
    """A copy of a repository, compiled; what is checked by its hash cannot outlive a fault."""
    results = str(tree / "results")
    shutil.copytree(
        tree, target, ignore=lambda at, names: {*LEFT_OUT(at, names), *(set(names) - STAYS if at == results else ())}
    )
    compileall.compile_dir(target, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    return target


def _paths(tree: Path, tests: Sequence[str]) -> list[str]:
    """Test files and tests of files with their folders, which faults leave out."""
    named = [test.partition("::") for test in tests]
    return [str(next((tree / "tests").rglob(file), f"tests/{file}")) + colons + test for file, colons, test in named]


def _first_failure(output: str) -> str:
    lines = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return lines[0] if lines else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

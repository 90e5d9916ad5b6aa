"""A bar on a terminal, a line every tenth elsewhere, nothing when quiet."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

LAYOUT: Final = "{l_bar}{bar:20}| {n_fmt}/{total_fmt} runs [{elapsed}<{remaining}, {rate_fmt}]"

type Advance = Callable[[int], None]


@contextmanager
def progress(total: int, quiet: bool) -> Iterator[Advance | None]:
    """A callable that is told how many more runs are finished; None when nothing is to be shown."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(total=total, unit=" run", bar_format=LAYOUT) as bar:

            def advance(more: int) -> None:
                bar.update(more)
                if bar.n >= total:
                    bar.close()  # tables and figures follow; they are no runs

            yield advance
    else:
        yield _Tenths(total).advance


class _Tenths:
    def __init__(self, total: int) -> None:
        self._total, self._done, self._shown = total, 0, 0

    def advance(self, more: int) -> None:
        self._done += more
        tenth = 10 * self._done // self._total
        if tenth > self._shown:
            self._shown = tenth
            print(f"{10 * tenth:4d} %  {self._done} of {self._total} runs", file=sys.stderr, flush=True)

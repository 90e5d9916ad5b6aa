"""Page: one visitor's view, its controls and what they show; every text on it is shown as text, whatever it is."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from html import escape
from typing import Any, Final

import panel as pn

from techduel.explore.bench import Bench, Superseded
from techduel.explore.pictures import Pictures
from techduel.explore.shelf import Shelf
from techduel.explore.view import MOST_MOVES, MOST_RUNS, RUNS, Move, View, ends, view_of
from techduel.face.compared import Compared
from techduel.facts.selection import ALL, known_sectors
from techduel.model.actions import LEVERS
from techduel.report.cards import card
from techduel.report.marks import BLUE, GREEN, GREY, TITLES
from techduel.scenario.loader import InvalidInput, visible
from techduel.studies.compare.answer import field
from techduel.studies.compare.story import changes_of, costs_of

STYLE: Final = """
body { font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1a1a1a; background: #fff; margin: 0.6rem; }
"""
PRE: Final = "background:#f5f5f5;padding:0.6rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px;margin:0"
REST: Final = 1.0
"""Seconds without a move after which a picture is refined."""
REFINED: Final = f"; {MOST_RUNS} follow when nothing moves"
FIRST: Final = "control_depth"
"""Lever of a new move."""
WIDE: Final = {"sizing_mode": "stretch_width"}


class Page:
    """What one visitor sees.

    Parameters
    ----------
    bench : Bench
        Shared by all pages, which see nothing of each other.
    workers : Executor
        Where it computes.
    view : View
        At first.
    """

    def __init__(self, bench: Bench, workers: Executor, view: View) -> None:
        self._bench, self._workers, self._asked = bench, workers, 0
        self._document: Any = pn.state.curdoc
        self.view = view
        self._pictures = Pictures()
        self._above, self._below = (pn.pane.HTML("", **WIDE) for _ in range(2))
        levels, change = (pn.pane.Bokeh(one, **WIDE) for one in (self._pictures.levels, self._pictures.change))
        self._drawn = pn.Column(self._above, levels, self._below, change, visible=False, **WIDE)
        sectors = {"frontier fields (mean)": "", **{name.replace("_", " "): name for name in known_sectors().names}}
        offered = {words: name for name, words in view.shelf.scenarios.items()}
        self._baseline = pn.widgets.Select(name="First scenario", options=offered, **WIDE)
        self._scenario = pn.widgets.Select(name="Second scenario", options=offered, **WIDE)
        self._sector = pn.widgets.Select(name="Lead in", options=sectors, **WIDE)
        self._year = _year("Year of the answer", view.shelf.years)
        self._rows = pn.Column(**WIDE)
        self._add = pn.widgets.Button(name="Move a lever in the second scenario", **WIDE)
        self._status, self._answer, self._costs, self._again = (pn.pane.HTML("", **WIDE) for _ in range(4))
        self._moves: list[_Row] = []
        self._fill(view)
        for control in (self._baseline, self._scenario, self._sector, self._year):
            control.param.watch(self._moved, "value_throttled" if control is self._year else "value")
        self._add.on_click(self._added)

    @property
    def layout(self) -> Any:
        """Controls, and beside or below them what they show."""
        controls = pn.Column(
            *(self._baseline, self._scenario, self._sector, self._year, self._rows, self._add, self._status),
            width=300,
        )
        shown = pn.Column(
            self._answer,
            self._drawn,
            self._costs,
            self._again,
            min_width=300,
            styles={"flex": "1 1 420px"},
        )
        return pn.Column(
            pn.pane.HTML("<h1 style='font-size:1.4rem;margin:0'>Techduel: the model under your hands</h1>", **WIDE),
            pn.FlexBox(controls, shown, flex_wrap="wrap", gap="20px", **WIDE),
            **WIDE,
        )

    def begin(self) -> None:
        """Show the first view, as soon as the page is there."""
        self._ask()

    def _fill(self, view: View) -> None:
        self._baseline.value, self._scenario.value = view.baseline, view.scenario
        self._sector.value, self._year.value = view.sector, view.year
        for move in view.moves:
            self._append(move)

    def _added(self, _event: object) -> None:
        if len(self._moves) < MOST_MOVES:
            sector = self.view.sector or ALL
            start, end = self.view.shelf.years
            self._append(Move("us", FIRST, sector, min(start + 3, end), 0.5))
            self._ask()

    def _append(self, move: Move) -> None:
        row = _Row(move, self.view.shelf.years, self._moved, self._dropped)
        self._moves.append(row)
        self._rows.append(row.layout)
        self._add.disabled = len(self._moves) >= MOST_MOVES

    def _dropped(self, row: "_Row") -> None:
        self._moves.remove(row)
        self._rows.remove(row.layout)
        self._add.disabled = False
        self._ask()

    def _moved(self, _event: object) -> None:
        self._ask()

    def _ask(self) -> None:
        """Compute what the controls say, unless they say something else by then."""
        self.view = View(
            *(self._baseline.value, self._scenario.value),
            tuple(row.move for row in self._moves),
            *(self._sector.value, self._year.value),
            *(self.view.problems, self.view.shelf),
        )
        self._asked += 1
        self._status.object = _said("computing", self.view.problems)
        if pn.state.location is not None:
            pn.state.location.search = f"?{self.view.query}"
        pn.state.execute(self._answered)

    async def _answered(self) -> None:
        asked, view = self._asked, self.view
        if view.problem:
            self._refuse([view.problem])
            return
        for runs, rest in ((view.runs, 0.02),) if view.stored else ((RUNS, 0.02), (MOST_RUNS, REST)):
            await asyncio.sleep(rest)
            if asked != self._asked:
                return
            try:
                found = await self._computed(view, runs, asked)
            except Superseded:
                return
            except InvalidInput as refused:
                self._locked(partial(self._refuse, refused.problems), asked)
                return
            self._locked(partial(self._show, view, found, runs), asked)

    def _locked(self, change: Callable[[], None], asked: int) -> None:
        """Change the page while its document is held, unless something else has been asked by then."""
        self._document.add_next_tick_callback(lambda: change() if asked == self._asked else None)

    async def _computed(self, view: View, runs: int, asked: int) -> Compared:
        def compute() -> Compared:
            found = self._bench.compared(view, runs, lambda: asked != self._asked)
            _ = found.answers  # the dear part, away from the loop that serves all pages
            return found

        return await asyncio.get_running_loop().run_in_executor(self._workers, compute)

    def _refuse(self, problems: list[str]) -> None:
        self._status.object = _said("these levers cannot be moved so", tuple(problems))

    def _show(self, view: View, compared: Compared, runs: int) -> None:
        (answer,) = compared.answers
        self._pictures.show(view, compared)
        self._drawn.visible = True
        first, second = (escape(name) for name in view.names)
        where = f"Lead of the United States in {field(view.lead)}, log points"
        self._above.object = (
            f"<p><strong>{escape(where)}</strong>, median and 50 % of runs: {_line(GREY, 'dashed')} {first}, "
            f"{_line(BLUE, 'solid')} {second}</p>"
        )
        self._below.object = (
            f"<p><strong>What {second} changes in it, run by run</strong>, log points: {_line(GREEN, 'solid')} median, "
            "50 % and 90 % of runs</p>"
        )
        self._answer.object = card("", [compared.sentences[0]])
        parts = [costs_of(answer), changes_of(answer)]
        self._costs.object = _scrolled("".join(card(part.title, [], part.head, part.rows) for part in parts))
        self._again.object = _again(view)
        more = f" of {view.shelf.folder}" if view.stored else "" if runs == MOST_RUNS else REFINED
        stored = "stored " if view.stored else ""
        self._status.object = _said(f"{runs} {stored}runs of each scenario with the same luck{more}", view.problems)


class _Row:
    """The controls of one move."""

    def __init__(self, move: Move, years: tuple[int, int], moved: Any, dropped: Any) -> None:
        self._state = pn.widgets.Select(name="State", options={TITLES[name]: name for name in TITLES}, **WIDE)
        self._lever = pn.widgets.Select(name="Lever", options={name.replace("_", " "): name for name in LEVERS}, **WIDE)
        self._sector = pn.widgets.Select(name="Sector", options=[ALL, *known_sectors().names], **WIDE)
        self._start = _year("From", years)
        self._amount = pn.widgets.FloatSlider(name="Amount", **WIDE)
        self._drop = pn.widgets.Button(name="Drop this move", **WIDE)
        self._state.value, self._lever.value, self._sector.value = move.state, move.lever, move.sector
        self._start.value = move.start
        self._range(move.amount)
        self._lever.param.watch(lambda _event: self._range(ends(self._lever.value)[1] / 2.0), "value")
        for control in (self._state, self._lever, self._sector):
            control.param.watch(moved, "value")
        for slider in (self._start, self._amount):
            slider.param.watch(moved, "value_throttled")
        self._drop.on_click(lambda _event: dropped(self))
        controls = (self._state, self._lever, self._sector, self._start, self._amount, self._drop)
        look = {"border-left": "4px solid #0072b2", "padding-left": "8px"}
        self.layout = pn.Column(*controls, styles=look, **WIDE)

    @property
    def move(self) -> Move:
        """What the controls say."""
        amount = float(f"{self._amount.value:.4g}")
        return Move(self._state.value, self._lever.value, self._sector.value, self._start.value, amount)

    def _range(self, amount: float) -> None:
        """Ends and unit of the amount, for another lever."""
        (low, high), lever = ends(self._lever.value), LEVERS[self._lever.value]
        self._sector.disabled = lever.axis is None
        unit = f"raised by, {lever.unit}" if lever.budget else f"set to, {lever.unit}"
        self._amount.param.update(name=unit, start=low, end=high, step=(high - low) / 100.0, value=amount)


def _year(name: str, years: tuple[int, int]) -> Any:
    """A control for a year; of the only one there is, which no slider can show, a field that is fixed."""
    start, end = years
    kind, fixed = (pn.widgets.IntSlider, False) if start < end else (pn.widgets.IntInput, True)
    return kind(name=name, start=start, end=end, value=start, disabled=fixed, **WIDE)


def _said(words: str, problems: tuple[str, ...]) -> str:
    told = "".join(f"<li>{escape(visible(line))}</li>" for line in problems)
    return f"<p role='status'>{escape(words)}</p>" + (f"<ul>{told}</ul>" if told else "")


def _again(view: View) -> str:
    """The command that computes what is seen, and the file that it reads."""
    parts = [f"<p><strong>Again</strong></p><pre style='{PRE}' tabindex='0'>{escape(view.command)}</pre>"]
    for name, text in view.files.items():
        parts.append(f"<p>{name}:</p><pre style='{PRE}' tabindex='0'>{escape(text)}</pre>")
    parts.append("<p>The address of this page holds all of it.</p>")
    return "".join(parts)


def _line(colour: str, dash: str) -> str:
    """A short line, as in a key."""
    return f"<span style='display:inline-block;width:2em;border-top:3px {dash} {colour};vertical-align:middle'></span>"


def _scrolled(content: str) -> str:
    return f"<div style='overflow-x:auto' tabindex='0'>{content}</div>"


def opened(bench: Bench, workers: Executor, shelf: Shelf) -> Any:
    """The page of a new visitor, by the link that was followed."""
    query = {
        key: [value.decode("utf-8", "replace") for value in values] for key, values in pn.state.session_args.items()
    }
    page = Page(bench, workers, view_of(query, shelf))
    pn.state.onload(page.begin)
    return page.layout

"""Tables inside hand-written pages, the table of parameters, and the command that writes both."""

from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import evidence
from techduel.report.pages import short, table
from techduel.scenario.loader import InvalidInput
from techduel.scenario.prior import columns, drawn
from techduel.studies.evidence import directions, stylised
from techduel.studies.evidence.finding_words import (
    differences,
    number,
    parameters,
    published,
    regressions,
    summary,
)
from techduel.studies.evidence.parameter_table import direction, parameter_rows, prior_deviation
from techduel.studies.evidence.published import catalogue, net_of_placebo
from techduel.studies.evidence.settings import composed
from techduel.studies.findings import pages as pages_module
from techduel.studies.findings.pages import names, rewritten
from techduel.studies.findings.parts import Part, Telling
from techduel.studies.micro.protocol import protocol

PAGE = "Words.\n<!-- begin some -->\nold\n<!-- end some -->\nMore.\n<!-- begin other -->\n<!-- end other -->\n"
FINDING: dict[str, Any] = {
    **{"id": "M1.us", "finding": "some", "published": -5.0, "published_low": -7.5, "published_high": -2.5},
    **{"model": -1.25, "model_se": 0.1, "verdict": "sign only", "tuned": False, "command": "techduel some"},
    **{"unit": "%", "share": 1.0, "source": "paper", "differs": "one economy", "kind": "band", "tuned_by": ""},
    **{"seen_before": False, "net": nan, "net_se": nan, "net_verdict": ""},
}
ESTIMATE: dict[str, Any] = {
    **{"id": "T2.none", "finding": "nothing moves", "outcome": "some", "unit": "%", "estimate": 17.0, "se": 1.5},
    **{"q05": -1.0, "q95": 36.0, "share": nan, "published": nan, "low": nan, "high": nan, "kind": "none", "sign": 0.0},
    **{"verdict": "reproduced", "net_verdict": "not reproduced", "placebo": -3.0, "placebo_se": 0.7, "corrected": 20.1},
    **{"corrected_se": 1.0, "lead": 2.5, "lead_se": 2.0, "n_treated": 9.0, "n_control": 20.0, "tuned": "no"},
    **{"source": "paper", "protocol": "0123456", "scale": "count", "median": 16.0, "ratio": 15.0, "ratio_se": 1.0},
    **{"net_ratio": 14.0, "net_ratio_se": 1.1, "near_zero": 0.25, "first_verdict": "reproduced"},
}


def test_only_what_stands_between_given_markers_changes() -> None:
    new = rewritten(PAGE, {"some": "a\\1b\nc\n", "unknown": "x"}, "page.md")
    assert new == PAGE.replace("old", "a\\1b\nc")
    assert rewritten(new, {"some": "old"}, "page.md") == PAGE
    assert names(PAGE) == ["some", "other"]


@pytest.mark.parametrize(
    "page",
    [
        PAGE.replace("<!-- end some -->", ""),
        PAGE.replace("<!-- begin other -->", ""),
        PAGE + PAGE,
        PAGE.replace("end some", "end same"),
    ],
)
def test_markers_that_do_not_fit_are_refused(page: str) -> None:
    with pytest.raises(InvalidInput, match=r"page\.md: markers"):
        rewritten(page, {"some": "new"}, "page.md")


def test_a_finding_is_a_line_with_its_first_verdict() -> None:
    said = summary([FINDING, FINDING | {"id": "Q1", "verdict": "reproduced"}], {"M1.us": "not reproduced"})
    assert "as they stand, of 2 findings with a published size or range: 1 reproduced, 1 sign only, 0 not" in said
    only = summary([FINDING | {"published_low": nan, "published_high": nan, "kind": "sign"}], {})
    assert "stand, of 1 findings with a direction only: 0 reproduced, 1 sign only, 0 not reproduced.\n" in only
    line = next(line for line in said.splitlines() if line.startswith("| M1.us"))
    assert "| -5 (-7.5 to -2.5) | -1.25 (se 0.1) |  | % | 100 | sign only | sign only | not reproduced |" in line
    assert len({row.count("|") for row in said.splitlines() if row.startswith("|")}) == 1
    assert differences([FINDING]) == "- **M1.us** (paper): one economy.\n"


def test_a_finding_of_no_effect_is_counted_apart_and_told_what_is_left_of_it() -> None:
    none = FINDING | {"kind": "none", "verdict": "reproduced", "share": nan, "published_low": nan, "published": nan}
    none |= {"net": 20.1, "net_se": 1.0, "net_verdict": "not reproduced", "tuned": True, "tuned_by": "`some.range`"}
    said = summary([none, FINDING | {"verdict": "input", "kind": "input"}, FINDING | {"seen_before": True}], {})
    assert "of 1 findings of no effect: 1 reproduced, 0 sign only, 0 not reproduced." in said
    assert "stand, of 1 findings with a published size or range: 0 reproduced, 1 sign only" in said
    assert "1 numbers are inputs and not counted." in said
    assert "regressions on firms, less their placebos: 0 reproduced, 0 sign only, 1 not reproduced" in said
    assert "| no effect | -1.25 (se 0.1) | 20.1 (se 1) | % |  | not reproduced | reproduced |" in said
    assert "| yes: `some.range` |" in said
    assert "| no; seen |" in said
    assert "1 were in view when a parameter was chosen or fitted; 1 were seen before their rule was written." in said
    assert "Reproduced net of placebo and neither: none." in said
    assert "Reproduced net of placebo and neither: Q9." in summary(
        [FINDING | {"id": "Q9", "verdict": "reproduced"}, none], {}
    )
    sized = FINDING | {"verdict": "reproduced", "net": -0.54, "net_se": 0.1}
    assert "-0.54 (se 0.1) | % | 100 | sign only | reproduced |" in summary([sized | {"net_verdict": "sign only"}], {})
    assert "| **reproduced** | sign only |" in summary(
        [sized | {"verdict": "sign only", "net_verdict": "reproduced"}], {}
    )


def test_the_headline_is_net_of_placebo_and_counts_what_nobody_had_seen_apart() -> None:
    """A verdict that the placebo takes away counts as taken away."""
    lost = FINDING | {
        "id": "S1.revenue",
        "verdict": "reproduced",
        "net_verdict": "sign only",
        "net": -1.0,
        "net_se": 0.1,
    }
    kept = FINDING | {"id": "T4.intensity", "verdict": "sign only", "net_verdict": "reproduced"}
    paired = FINDING | {"id": "Q8.value", "verdict": "reproduced"}
    seen = FINDING | {"id": "S3.revenue", "verdict": "reproduced", "seen_before": True}
    none = FINDING | {"id": "T7.us_patents", "kind": "none", "verdict": "reproduced"}
    said = summary([lost, kept, paired, seen, none | {"net_verdict": "not reproduced"}], {})
    opening, effect, others, *_ = said.splitlines()
    assert opening == (
        "Net of placebo, of 3 findings with a published size or range, neither tuned nor seen in version 0.1.0: "
        "2 reproduced, 1 sign only, 0 not reproduced (T4.intensity, Q8.value)."
    )
    assert effect.endswith(
        "of no effect, neither tuned nor seen in version 0.1.0: 0 reproduced, 0 sign only, 1 not reproduced."
    )
    assert others.endswith("tuned, seen or later: 1 reproduced, 0 sign only, 0 not reproduced (S3.revenue).")
    assert net_of_placebo(none) == "reproduced"


def test_what_was_neither_tuned_nor_seen_is_a_list_that_was_fixed() -> None:
    """36 findings of version 0.1.0, of which 11 have a size; none has got a mark since that it had not then."""
    known, listed = catalogue(), catalogue().untouched
    kinds = {name: one.kind for name, one in known.findings.items()} | {
        name: one.kind for name, one in protocol().findings.items()
    }
    assert len(listed) == len(set(listed)) == 36
    assert [sum(kinds[name] == kind for name in listed) for kind in ("band", "none", "sign")] == [11, 2, 23]
    assert not set(listed) & set(known.in_view)
    assert not any(
        known.findings[name].tuned_by or known.findings[name].seen_before for name in listed if name in known.findings
    )
    assert all(protocol().findings[name].tuned == "no" for name in listed if name in protocol().findings)


def test_regressions_are_summed_up_with_and_without_their_placebos() -> None:
    sized = {
        "id": "T3.sized",
        "kind": "band",
        "sign": -1.0,
        "published": -9.0,
        "low": -14.0,
        "high": -5.0,
        "share": 0.7,
    }
    other = ESTIMATE | sized | {"placebo_se": 2.0, "lead_se": 1.0, "net_verdict": "reproduced", "scale": "log"}
    said = regressions({"some": [ESTIMATE, other]})
    assert "of 2: 2 reproduced, 0 sign only, 0 not reproduced. Less the placebo: 1 reproduced" in said
    assert "Reproduced less the placebo: T3.sized." in said
    assert "1 of 2 placebos and 1 of 2 strongest leads differ from 0" in said
    assert "by either rule: T3.sized 2.5 (1)." in said
    assert "T2.none: the paper finds no effect; the estimate less its placebo is 20.1 (1), which differs from 0" in said
    counts = [line for line in said.splitlines() if line.startswith("| T2.none | 17 (1.5) | 16 | 15 (1) | 14 (1.1)")]
    assert counts == ["| T2.none | 17 (1.5) | 16 | 15 (1) | 14 (1.1) | 25 |"]
    assert "| T3.sized | 17" not in said
    ruled = regressions({"some": [ESTIMATE | {"estimate": 7.8e8, "se": 1.5e9, "verdict": "not estimable"}]})
    assert "| T2.none | some | some | not estimable | -1 to 36 |" in ruled
    assert "of 1: 0 reproduced, 0 sign only, 0 not reproduced, 1 not estimable." in ruled


def test_what_cannot_be_estimated_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    blank = ESTIMATE | {"verdict": "not estimable", "net_verdict": "not estimable", "estimate": nan, "se": nan}
    monkeypatch.setattr(pages_module, "studies", lambda: ["some"])
    monkeypatch.setattr(pages_module, "estimates", lambda name, given: [blank, ESTIMATE | {"id": "T5.rd"}])
    found = pages_module.micro_findings({})
    said = summary(found, {})
    assert "1 reproduced, 0 sign only, 0 not reproduced, 1 not estimable" in said
    assert "| T2.none | nothing moves | no effect |  | 20.1 (se 1) | % |" in said
    assert [line["tuned"] for line in found] == [False, True]


def test_missing_numbers_are_empty_cells() -> None:
    assert published(FINDING | {"published": nan}) == "-7.5 to -2.5"
    assert published(FINDING | {"published": nan, "published_low": nan}) == "sign"
    assert number(-1.25, nan) == "-1.25"
    assert short(-0.0) == "0"
    assert table(["x", "y"], [["a|b", 1]]).splitlines() == ["| x | y |", "|---|---|", "| a\\|b | 1 |"]


def test_every_parameter_has_prior_source_and_direction() -> None:
    rows = list(parameter_rows([{"column": "research.crowd_in", "correlation": 0.4, "t": 4.0}]))
    assert [row["parameter"] for row in rows] == [column.name for column in columns()]
    by_name = {row["parameter"]: row for row in rows}
    assert by_name["research.crowd_in"]["direction"] == "raises"
    assert by_name["research.inducement"]["direction"] == ""
    assert all(row["source"] and row["meaning"] and row["unit"] for row in rows)
    assert all(row["low"] <= row["mode"] <= row["high"] for row in rows)
    assert [direction(t) for t in (3.1, -3.1, 0.4)] == ["raises", "lowers", "raises"]
    unclear = {"column": "research.crowd_in", "correlation": -0.1, "t": -2.9}
    said = parameters(list(parameter_rows([unclear, {"column": "research.inducement", "correlation": 0.4, "t": 3.1}])))
    assert f"{len(rows)} numbers; 1 of them move the lead clearly" in said
    assert "| lowers (t -2.9), unclear |" in said
    assert "| raises (t 3.1) |" in said
    bare = sum(row["source"] == "assumption" for row in rows)
    assert f"The source of {bare} is a bare assumption" in said


def test_deviation_of_the_prior_is_that_of_its_draws() -> None:
    values = drawn(range(4000), seed=3)
    for place, column in list(enumerate(columns()))[::20]:
        assert values[:, place].std() == pytest.approx(prior_deviation(column), rel=0.06), column.name


def test_partial_rank_correlation_tells_parameters_apart() -> None:
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(400, 4))
    inputs[:, 1] += inputs[:, 0]  # goes along with the first but does nothing by itself
    outcome = np.exp(inputs[:, 0] - 0.5 * inputs[:, 2]) + 0.1 * generator.normal(size=400)
    found, t = directions.partial_rank_correlations(inputs, outcome)
    assert found[0] > 0.8
    assert found[2] < -0.5
    assert abs(t[1]) < 4.0 < min(abs(t[0]), abs(t[2]))
    assert abs(t[3]) < 4.0


def test_facts_of_made_up_firms_are_found_again() -> None:
    generator = np.random.default_rng(2)
    pareto = generator.pareto(1.06, size=4000) + 1.0
    assert stylised.size_tail(pareto) == pytest.approx(1.06, abs=0.08)
    assert stylised.growth_shape(generator.laplace(size=4000)) == pytest.approx(1.0, abs=0.1)
    assert stylised.growth_shape(generator.normal(size=4000)) == pytest.approx(2.0, abs=0.25)
    sales = np.exp(generator.normal(size=(2, 3, 24)))
    assert stylised.research_on_size(0.1 * sales**0.9, sales) == pytest.approx(0.9)
    assert stylised.top_share(np.array([9.0, *[0.1] * 10])) == pytest.approx(0.9)
    assert stylised.dispersion(np.tile(np.linspace(0.0, 1.0, 11), (2, 3, 1))) == pytest.approx(0.8)


def test_a_place_taken_by_an_entrant_has_no_growth() -> None:
    sales, age = np.full((2, 1, 2, 1, 3), 2.0), np.full((2, 1, 2, 1, 3), 5.0)
    sales[1, ..., 0] = 0.02
    age[1, ..., 0] = 0.5
    growth = stylised.growth_rates(sales, age)
    assert np.isnan(growth[0, 0, :, 0, 0]).all()
    assert np.all(growth[0, 0, :, 0, 1:] == 0.0)


def pages(folder: Path) -> Path:
    folder.mkdir()
    (folder / "evidence.md").write_text("By hand.\n<!-- begin findings -->\n<!-- end findings -->\n", encoding="utf-8")
    (folder / "ten_numbers.md").write_text("<!-- begin deciding -->\n<!-- end deciding -->\n", encoding="utf-8")
    (folder / "parameters.md").write_text("<!-- begin parameters -->\n<!-- end parameters -->\n", encoding="utf-8")
    return folder


def test_command_writes_findings_and_pages_twice_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stylised, "LAST", 2026)
    docs = pages(tmp_path / "docs")
    command = ["studies=[stylised]", "draws=2", "source=prior", "quiet=true", f"write={docs}"]
    contents = []
    for place in ("one", "two"):
        assert evidence.main([*command, f"results={tmp_path / place}"]) == 0
        folder = tmp_path / place / "evidence"
        written = {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        contents.append({name: content for name, content in written.items() if name.name != "provenance.json"})
    assert contents[0] == contents[1]
    assert {"findings.csv", "stylised.csv"} <= {str(name) for name in contents[0]}
    page = (docs / "evidence.md").read_text(encoding="utf-8")
    assert page.startswith("By hand.\n<!-- begin findings -->\nNet of placebo, of 1 findings with a published size")
    assert "By the rules as they stand, of 8 findings with a published size or range: " in page
    assert "techduel evidence 'studies=[stylised]'" in page
    assert (docs / "figures" / "evidence_stylised.png").read_bytes()


def test_a_part_without_its_libraries_is_left_out_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking = {"micro": Part("some", "", ("no_such_library",)), "backtest": Part("some", "")}
    done: list[str] = []
    monkeypatch.setattr(evidence, "PARTS", lacking)
    monkeypatch.setattr(evidence, "_do", lambda command, config: done.append(command[0]))
    monkeypatch.setattr(evidence, "done", lambda name, job: done.extend(job.config["studies"]))
    evidence.main(["studies=[micro,backtest]"])
    assert done == ["backtest", "backtest"]
    assert "micro: left out, needs no_such_library: pip install 'techduel[micro]'" in capsys.readouterr().err


def test_studies_are_kept_and_processes_of_their_own_write_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for workers in (1, 2):
        words = ["studies=[stylised]", "draws=2", "source=prior", "quiet=true", f"workers={workers}"]
        assert evidence.main([*words, f"results={tmp_path / str(workers)}"]) == 0
        folder = tmp_path / str(workers) / "evidence"
        found.append({path.name: path.read_bytes() for path in folder.rglob("*.[cn][sp][vz]")})
    assert found[0] == found[1]
    assert any(name.endswith(".npz") for name in found[0])
    monkeypatch.setattr(Telling, "computed", lambda *_: pytest.fail("computed again"))
    assert evidence.main([*words, f"results={tmp_path / '2'}"]) == 0


def test_settings_that_change_keep_what_was_computed_with_others(tmp_path: Path) -> None:
    words = ["studies=[stylised]", "source=prior", "quiet=true", "workers=1", f"results={tmp_path}"]
    tables = []
    for draws in (2, 3, 2):
        assert evidence.main([*words, f"draws={draws}"]) == 0
        tables.append((tmp_path / "evidence" / "stylised.csv").read_bytes())
    assert tables[0] == tables[2] != tables[1]
    assert len(list((tmp_path / "evidence" / "chunks").iterdir())) == 2


def test_pages_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"evidence\.md is not in"):
        evidence.main(["studies=[backtest]", f"write={tmp_path}", f"results={tmp_path}"])


def test_sources_are_those_of_the_settings() -> None:
    assert composed(["source=prior"])["source"] == "prior"
    with pytest.raises(InvalidInput, match="posterior, prior"):
        composed(["source=default"])

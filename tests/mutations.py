"""Valid configurations with something changed by chance: a letter, a line, a key, a value."""

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from techduel.scenario.layers import choices, config_folder

ODD: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 2, 0.5, -0.0, 1e308, 1e-320, 10**30, float("inf"), float("nan")),
    *("", "NO", "012", "1e999", "33:40", "a" * 1500, "ü\u202e\x1b", "${oc.env:HOME}", "../../x", "=1+1", "plan", "us"),
    *([], {}, [[]], {"a": {"b": {}}}, ["ai", None], {"default": 0.1}, {"kind": "plan"}, {"_target_": "os.system"}),
)
WORDS = ("us", "china", "kind", "default", "params", "policies", "events", "start", "steps", "_target_", "0", "")
SIGNS = "\n\t :-[]{},'\"#&*!|>%@`~$\\=+.0Z\x00\u2028é"
LINES: tuple[tuple[str, ...], ...] = (
    ("run", "scenario=allied_controls", "runs=5", "seed=7", "horizon=2040", "params.research.crowd_in=0.3"),
    ("run", "policy@policies.us=tit_for_tat", "policies.us.gain=0.5", "policies.us.base.kind=plan", "name=mine"),
    ("run", "policy@policies.us=schedule", "policies.us.steps.chips.value=0.9", "events=demand_shock"),
    ("run", "facts.base_year=2017", "start=2018", "facts.outlook=recorded", "record=headline", "executor=serial"),
    ("compare", "scenarios=[baseline_2021,full_decoupling+no_diffusion]", "decompose=levers", "runs=4", "seed=3"),
    ("compare", "scenarios=[baseline_2021,tit_for_tat]", "discount_rate=0.05", "params=prior", "horizon=2030"),
    ("sweep", "sweep=export_controls", "points=16", "runs=2", "factors.depth.high=0.5", "years=[2025,2035]"),
    ("sweep", "factors.crowd={key:params.research.crowd_in,spacing:prior}", "design=lhs", "interaction=[depth,crowd]"),
    (
        "sweep",
        "sweep=subsidy_or_science",
        "outcomes=[gdp,lead_months.ai]",
        "precision=2",
        "outcome=gdp",
        "most_runs=64",
    ),
)


def scenario_texts() -> list[str]:
    """The shipped scenario files."""
    return [(config_folder() / "scenario" / f"{name}.yaml").read_text(encoding="utf-8") for name in choices("scenario")]


def mutated_texts(seed: int, count: int) -> Iterator[str]:
    """Texts of scenario files, half of them changed as a text, half as what they mean."""
    luck, texts = random.Random(seed), scenario_texts()
    for number in range(count):
        text = luck.choice(texts)
        yield _shaken(luck, text) if number % 2 else _altered(luck, text)


def mutated_lines(seed: int, count: int) -> Iterator[list[str]]:
    """Command lines of which a word or two are changed, in another order."""
    luck = random.Random(seed)
    for _ in range(count):
        command, *words = luck.choice(LINES)
        for _ in range(luck.randint(1, 2)):
            place = luck.randrange(len(words))
            change = luck.choice((_shaken, _with_other_value, _with_other_key, _with_other_number))
            words[place] = change(luck, words[place])
        luck.shuffle(words)
        yield [command, *words]


def _shaken(luck: random.Random, text: str) -> str:
    """A few signs removed, doubled, replaced or put in, or a line moved."""
    for _ in range(luck.randint(1, 3)):
        start = luck.randrange(len(text) + 1)
        end = min(len(text), start + luck.randint(0, 4))
        change: Callable[[str], str] = luck.choice(
            (lambda _: "", lambda part: part * 2, lambda _: luck.choice(SIGNS), lambda part: part + luck.choice(SIGNS))
        )
        text = text[:start] + change(text[start:end]) + text[end:]
    lines = text.split("\n")
    if luck.random() < 0.3:
        lines.insert(luck.randrange(len(lines)), luck.choice(lines))
    return "\n".join(lines)


def _altered(luck: random.Random, text: str) -> str:
    """A value replaced by an odd one, or a key renamed, dropped or added, somewhere."""
    content = yaml.safe_load(text)
    for _ in range(luck.randint(1, 2)):
        part = luck.choice(list(_mappings(content)))
        key = luck.choice([*part, *WORDS])
        kind = luck.random()
        if kind < 0.6:
            part[key] = luck.choice(ODD)
        elif kind < 0.8:
            part.pop(key, None)
        else:
            part[luck.choice(WORDS)] = part.get(key)
    return yaml.dump(content, sort_keys=False, allow_unicode=True, Dumper=_Plain)


class _Plain(yaml.SafeDumper):
    """Without aliases, which would hide everything else that is wrong."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _mappings(content: Any) -> Iterator[dict[Any, Any]]:
    if isinstance(content, dict):
        yield content
        for part in content.values():
            yield from _mappings(part)


def _with_other_value(luck: random.Random, word: str) -> str:
    return f"{word.partition('=')[0]}={luck.choice(ODD)!r}"


def _with_other_number(luck: random.Random, word: str) -> str:
    return re.sub(r"[0-9]+(?=$|[],])", str(luck.choice((0, 1, 2, 7, 30, 2029, 2035, 10**9))), word)


def _with_other_key(luck: random.Random, word: str) -> str:
    key, _, value = word.partition("=")
    parts = key.split(".")
    parts[luck.randrange(len(parts))] = luck.choice(WORDS)
    return f"{'.'.join(parts)}={value}"

"""The configuration of a sweep: its file, its own settings, and those that hold for every point."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from techduel.ensemble.factors import factors_from
from techduel.ensemble.sweep import FREE
from techduel.scenario.composition import composed
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.layers import at, choices, config_folder, layered
from techduel.scenario.loader import InvalidInput, strict_yaml, unknown_key
from techduel.scenario.overrides import parsed
from techduel.scenario.scenario import WITHOUT_NUMBERS, numbers
from techduel.studies.sweep.plain import combinations, filled_years, of_points, problems, read_table, variant_problems

ROOT: Final = "sweep"
OWN: Final = (
    *("title", "question", "base", "design", "points", "runs", "table", "years", "outcomes", "factors"),
    *("precision", "outcome", "most_runs", "retry", "interaction"),
)
"""Settings of the command itself; all others go to every point."""
MOST_TOLD: Final = 20
"""Problems of variants; each takes a composition, and the rest are much the same."""


def swept(overrides: Sequence[str]) -> dict[str, Any]:
    """The plain configuration of a sweep, checked.

    Parameters
    ----------
    overrides : sequence of str
        In Hydra's notation, as for one scenario, and the settings of `OWN`.

    Raises
    ------
    InvalidInput
        With every problem, one line each.
    """
    changes, common, found = parted(overrides, OWN)
    name, own = _own(changes, found)
    if found:
        raise InvalidInput(found)
    settings = [*own.pop("base"), *common]
    plain = composed_point(settings)
    base = of_points(plain)
    own["years"] = filled_years(own["years"], base)
    found = problems(own, base)
    if found:
        raise InvalidInput(found)
    factors, _ = factors_from(own["factors"], base)
    variants = _variants(combinations(factors, own["design"]), settings)
    found = variant_problems(factors, {"": base, **variants}, base)
    if found:
        raise InvalidInput(found)
    config = {
        "sweep": name,
        **{key: own[key] for key in own if key != "table"},
        "factors": {key: spec for key, spec in own["factors"].items() if spec is not None},
        "table": read_table(own, factors),
        "seed": plain["seed"],
        **{key: plain[key] for key in WITHOUT_NUMBERS if key != "scenario_file"},
        "base": base,
        "variants": {
            label: {key: part[key] for key in part if part[key] != base[key]} for label, part in variants.items()
        },
    }
    return {**config, "name": given_name(common) or _default_name(config, changes, common)}


def parted(overrides: Sequence[str], own: Sequence[str]) -> tuple[list[tuple[str, Any]], list[str], list[str]]:
    """The command's own settings with their values, the overrides for every point, and what cannot be understood."""
    changes: list[tuple[str, Any]] = []
    common: list[str] = []
    found: list[str] = []
    for text in overrides:
        key = text.partition("=")[0].lstrip("+~")
        if key == "record":
            found.append("record: a sweep keeps what outcomes and years say; allowed: nothing")
        elif key.partition(".")[0] not in (*own, ROOT):
            common.append(text)
        else:
            try:
                override = parsed(text)
                sound = not (override.is_delete() or override.is_sweep_override())
                changes.append((key, override.value())) if sound else found.append(f"{text}: allowed: KEY=VALUE")
            except InvalidInput as refused:
                found += refused.problems
    return changes, common, found


def _own(changes: Sequence[tuple[str, Any]], found: list[str]) -> tuple[str, dict[str, Any]]:
    """The sweep's name and its own settings: common file, its file, command line; lines are added to `found`."""
    common = strict_yaml(config_folder() / f"{ROOT}.yaml")
    default = next(entry[ROOT] for entry in common.pop("defaults") if isinstance(entry, Mapping))
    name = next((value for key, value in reversed(changes) if key == ROOT), default)
    if name not in choices(ROOT):
        found.append(f"{ROOT}: {unknown_key(str(name), choices(ROOT))}")
        return str(name), {}
    own = layered(common, strict_yaml(config_folder() / ROOT / f"{name}.yaml"))
    return str(name), changed(own, changes, ("factors",), found)


def changed(
    own: dict[str, Any], changes: Sequence[tuple[str, Any]], nested: Sequence[str], found: list[str]
) -> dict[str, Any]:
    """A command's own settings after changes, of which only `nested` ones may be changed in part."""
    for key, value in changes:
        path = key.split(".")
        if all(path) and (len(path) == 1 or path[0] in nested):
            own = own if key == ROOT else layered(own, at(path, value))
        else:
            found.append(unknown_key(key, list(own)))
    if not isinstance(own["base"], list) or not all(isinstance(entry, str) for entry in own["base"]):
        found.append(f"base: {own['base']!r} given; allowed: settings in brackets, as on the command line")
    return own


def composed_point(overrides: Sequence[str]) -> dict[str, Any]:
    """One point's configuration; a name spares a second composition, which only its default name would need."""
    return composed([*(text for text in overrides if not text.startswith("name=")), "name=point"])


def _variants(combined: Sequence[tuple[str, ...]], settings: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The configuration of every choice of files."""
    variants: dict[str, dict[str, Any]] = {}
    found: list[str] = []
    for chosen in combined:
        try:
            variants[" ".join(chosen)] = of_points(composed_point([*settings, *chosen]))
        except InvalidInput as refused:
            found += [f"{' '.join(chosen)}: {line}" for line in refused.problems]
            if len(found) >= MOST_TOLD:
                break
    if found:
        raise InvalidInput(list(dict.fromkeys(found)))
    return variants


def given_name(common: Sequence[str]) -> str | None:
    """The name that the command line gives."""
    given = [composed([text])["name"] for text in common if text.startswith("name=") and text != "name=null"]
    return given[-1] if given else None


def _default_name(config: Mapping[str, Any], changes: Sequence[tuple[str, Any]], common: Sequence[str]) -> str:
    """The sweep's name, with eight digits of the hash if anything but its points and runs is not as shipped."""
    bound = {key: value for key, value in numbers(config).items() if key not in FREE}
    altered = [text for text in common if text.partition("=")[0].partition(".")[0] not in WITHOUT_NUMBERS]
    if not altered and not any(key.partition(".")[0] not in (ROOT, *FREE) for key, _ in changes):
        return str(config["sweep"])
    shipped = swept([f"{ROOT}={config['sweep']}", "name=plain"])
    same = {key: value for key, value in numbers(shipped).items() if key not in FREE} == bound
    return str(config["sweep"]) if same else f"{config['sweep']}-{config_hash(bound)[:8]}"

"""Composition of a configuration from its layers: common file, scenario, ablation, command line, the last strongest.

Every layer but the first holds only differences from those below it. Hydra lays the shipped files together; whatever
comes out is checked by the tree of models in `techduel.scenario.settings`.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from techduel.scenario.fingerprint import config_hash
from techduel.scenario.forms import filled_forms
from techduel.scenario.kinds import filled_events, filled_policies, without_other_kinds
from techduel.scenario.layers import DIFFERENCES, TEXTS, at, choices, config_folder, default_choices, layered
from techduel.scenario.loader import Document, InvalidInput, document, given_document, name_from, unknown, unknown_key
from techduel.scenario.overrides import Change, changes_of, outside_file
from techduel.scenario.parameter_sets import EVERY, all_drawn
from techduel.scenario.scenario import WITHOUT_NUMBERS, named

if TYPE_CHECKING:
    from techduel.scenario.problems import Place

GIVEN: Final = "own"
"""Name of a scenario that is given as a mapping."""
WORDS_FOR_GIVEN: Final = {"title": "Own scenario", "question": "What follows from these settings?"}
"""Where the mapping has none."""
_ONE_AT_A_TIME: Final = threading.Lock()
"""Hydra's state is one for the whole process."""


def composed(overrides: Sequence[str], content: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The whole plain configuration of a run, checked.

    Parameters
    ----------
    overrides : sequence of str
        In Hydra's notation, ``key=value``.
    content : mapping, optional
        Of a scenario file, given in its place.

    Raises
    ------
    InvalidInput
        With every problem of every layer, one line each, those of a file with its name and line.
    """
    from techduel.scenario.problems import validated
    from techduel.scenario.settings import Configuration

    changes, problems = changes_of(overrides)
    try:
        chosen = _chosen_files(changes, problems)
        given = None if content is None else given_document({**WORDS_FOR_GIVEN, **content}, GIVEN)
        documents = _documents(chosen, changes, problems, given)
    except InvalidInput as refused:
        raise InvalidInput([*problems, *refused.problems]) from None
    config, wrong = validated(Configuration, _combined(chosen, documents, changes, problems))
    problems += [f"{_origin(problem.place, documents, changes)}{problem}" for problem in wrong]
    if problems:
        raise InvalidInput(list(dict.fromkeys(problems)))
    name = config["name"] or (_default_name(config, changes) if given is None else _hashed_name(config))
    return {**config, "name": name}


def _chosen_files(changes: Sequence[Change], problems: list[str]) -> dict[str, str]:
    """The file of each config group; a line is added to `problems` for each that does not exist."""
    chosen = dict(default_choices())
    for change in changes:
        if not change.choice:
            continue
        names = choices(change.key.partition("@")[0])
        if change.value in names:
            chosen[change.key] = change.value
        else:
            problems.append(f"{change.key}: {unknown_key(str(change.value), names)}")
    return chosen


def _documents(
    chosen: Mapping[str, str], changes: Sequence[Change], problems: list[str], given: Document | None = None
) -> list[Document]:
    """The scenario and the ablation; lines are added to `problems` for what is wrong with their keys.

    Raises
    ------
    InvalidInput
        If a file cannot be read; nothing more can be said then.
    """
    outside = outside_file(changes)
    if (outside or given) and any(change.key == "scenario" for change in changes):
        problems.append("scenario_file: give either scenario or scenario_file")
    paths = [config_folder() / group / f"{chosen[group]}.yaml" for group in ("scenario", "ablation")]
    documents = [given or document(outside or paths[0]), document(paths[1])]
    for one in documents:
        unheard = [key for key in one.content if key not in DIFFERENCES]
        problems += [f"{_place(one, key)}{key}: {unknown(key, DIFFERENCES)}" for key in unheard]
    return documents


def _place(one: Document, key: str) -> str:
    """File and line of a key, empty where there is none."""
    return f"{one.name}:{one.lines[key,]}: " if one.name != GIVEN else ""


def _combined(
    chosen: Mapping[str, str], documents: Sequence[Document], changes: Sequence[Change], problems: list[str]
) -> dict[str, Any]:
    """All layers in one, unchecked; lines are added to `problems` for files that do not exist."""
    scenario, ablation = (_only(one.content, DIFFERENCES) for one in documents)
    layers = [_without_overruled(layer, changes) for layer in (scenario, _without(ablation, TEXTS))]
    chosen, layers = _with_params_file(chosen, layers, changes, problems)
    config = _grouped(chosen)
    outside = outside_file(changes)
    name = documents[0].name if documents[0].name == GIVEN else chosen["scenario"]
    config |= {"scenario": name_from(outside.stem) if outside else name, "ablation": chosen["ablation"]}
    config["policies"] = filled_policies(config.get("policies"))
    for layer in [*layers, *_set(changes)]:
        config = layered(without_other_kinds(config, layer), layer)
        config["policies"] = filled_policies(config.get("policies"))
    return config | {"forms": filled_forms(config.get("forms")), "events": filled_events(config.get("events"))}


def _without_overruled(layer: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    """A layer without policies that the command line replaces: no option of a weaker one may leak into it."""
    policies = layer.get("policies")
    if not isinstance(policies, Mapping):
        return dict(layer)
    overruled = [change.key.removeprefix("policy@policies.") for change in changes if change.choice]
    return {**layer, "policies": _without(policies, overruled)}


def _with_params_file(
    chosen: Mapping[str, str], layers: Sequence[dict[str, Any]], changes: Sequence[Change], problems: list[str]
) -> tuple[Mapping[str, str], list[dict[str, Any]]]:
    """Let a layer's ``params: NAME`` choose the file of parameters, as ``params=NAME`` does, which is stronger."""
    names = [layer["params"] for layer in layers if isinstance(layer.get("params"), str)]
    problems += [f"params: {unknown_key(name, choices('params'))}" for name in names if name not in choices("params")]
    kept = [_without(layer, ["params"] if layer.get("params") in names else []) for layer in layers]
    there = [name for name in names if name in choices("params")]
    overruled = any(change.key == "params" for change in changes)
    return {**chosen, "params": there[-1]} if there and not overruled else chosen, kept


def _without(values: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in keys}


def _only(values: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key in keys}


def _set(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """The values that the command line sets, each a layer of its own.

    Kinds first, since options belong to a kind, and of policies inside others the outer ones first.
    """
    kinds = [change for change in changes if change.key.endswith(".kind")]
    ordered = [*sorted(kinds, key=lambda change: change.key.count(".")), *(c for c in changes if c not in kinds)]
    return [at(change.path, change.value) for change in ordered if not change.choice]


def _grouped(chosen: Mapping[str, str]) -> dict[str, Any]:
    """The common file with the chosen file of each group, as Hydra composes it."""
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf

    with _ONE_AT_A_TIME, initialize_config_dir(str(config_folder()), version_base="1.3"):
        found = compose("config", [f"{group}={choice}" for group, choice in chosen.items()])
    plain: Any = OmegaConf.to_container(found, resolve=True)
    if EVERY in plain["params"]:
        plain["params"] = all_drawn(plain["params"][EVERY])
    return dict(plain)


def _origin(place: "Place", documents: Sequence[Document], changes: Sequence[Change]) -> str:
    """File and line of the layer that set what is wrong at a place, empty for the command line and shipped defaults."""
    if any(change.path[: len(place)] == place[: len(change.path)] for change in changes):
        return ""
    lines = ((one.name, one.line(place)) for one in reversed(documents))
    nowhere = (
        f"{documents[0].name}: " if documents[0].name != GIVEN and place[:1] in {("title",), ("question",)} else ""
    )
    return next((f"{name}:{line}: " for name, line in lines if line), nowhere)


def label(config: Mapping[str, Any]) -> str:
    """Name of a scenario, with its ablation if it has one."""
    ablation = config["ablation"]
    return str(config["scenario"]) if ablation == "none" else f"{config['scenario']}+{ablation}"


def _default_name(config: Mapping[str, Any], changes: Sequence[Change]) -> str:
    """The scenario's name, with eight digits of the hash if this is not quite that scenario."""
    scenario, ablation = config["scenario"], config["ablation"]
    changed = any(change.key not in {"scenario", "ablation", "runs", *WITHOUT_NUMBERS} for change in changes)
    if outside_file(changes) and scenario not in choices("scenario"):
        unchanged = not changed
    else:
        shipped = [f"scenario={scenario}", f"ablation={ablation}"]
        unchanged = not (changed or outside_file(changes)) or named(composed(shipped)) == named(config)
    return label(config) if unchanged else _hashed_name(config)


def _hashed_name(config: Mapping[str, Any]) -> str:
    return f"{label(config)}-{config_hash(named(config))[:8]}"

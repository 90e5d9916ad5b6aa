"""Short help of a command whose settings Hydra composes: name, default, meaning, from the files of ``configs/``."""

import re
from collections.abc import Iterator
from typing import Final

from techduel.report.words import wrapped
from techduel.scenario.layers import config_folder

SETTING: Final = re.compile(r"(?P<key>[a-z_]+): *(?P<default>[^#]*?) *# (?P<meaning>.+)")
ALL: Final = "all"
"""Behind ``--help``: everything that can be set, as Hydra shows it."""
MORE: Final = (
    ("scenario=NAME, ablation=NAME", "techduel list scenarios, ablations; or scenario_file=FILE"),
    ("policy@policies.us=KIND, policies.us.OPTION=VALUE", "or china; techduel list policies"),
    ("params.GROUP.NAME=VALUE, forms.MECHANISM=NAME", "techduel list parameters, forms"),
    ("events=NAME, executor=local|serial|dask", "techduel list events; docs/clusters.md"),
)
"""Settings that have lists of their own."""


def short_help(command: str, meaning: str, root: str) -> Iterator[str]:
    """Lines of at most 80 letters.

    Parameters
    ----------
    command, meaning : str
    root : str
        Its file of ``configs/``; the settings of ``config.yaml`` follow.
    """
    yield from wrapped(f"techduel {command} [KEY=VALUE ...]: {meaning}", "")
    told = set[str]()
    for name in dict.fromkeys((root, "config")):
        for line in (config_folder() / f"{name}.yaml").read_text(encoding="utf-8").splitlines():
            found = SETTING.match(line)
            if found and found["key"] not in told:
                told.add(found["key"])
                yield from _told(f"{found['key']}={found['default'].replace('null', '')}", found["meaning"])
    for settings, where in MORE:
        yield from _told(settings, where)
    yield f"Everything that can be set: techduel {command} --help all"


def _told(setting: str, meaning: str) -> Iterator[str]:
    yield f"  {setting}"
    yield from wrapped(meaning, "      ")

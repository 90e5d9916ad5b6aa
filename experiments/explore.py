"""``techduel explore [FOLDER] [port=5006]``: the model under one's hands, in a browser on this machine."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Annotated, Final

from pydantic import Field

from techduel.scenario.arguments import asks_help, described, read
from techduel.scenario.loader import InvalidInput
from techduel.scenario.problems import Strict

LIBRARY: Final = "panel"


class Settings(Strict):
    """What stands behind the command."""

    port: Annotated[int, Field(ge=1024, le=65_535)] = Field(5006, description="of the address that a browser opens")


def main(arguments: Sequence[str]) -> int:
    """Serve pages until interrupted."""
    if asks_help(arguments):
        print(
            "\n".join(
                described("explore [FOLDER]", "two scenarios and their levers in a browser on this machine", Settings)
            )
        )
        return 0
    named, settings = ([text for text in arguments if ("=" in text) == wanted] for wanted in (False, True))
    port = read(settings, Settings)["port"]
    if len(named) > 1:
        raise InvalidInput([f"explore: {len(named)} folders given; allowed: one, of run, compare or overview"])
    if find_spec(LIBRARY) is None:
        raise InvalidInput(
            [f"explore needs {LIBRARY}: pip install 'techduel[explore]' (in the repository: make explore)"]
        )
    from techduel.explore.server import HERE, served
    from techduel.explore.shelf import SHIPPED, shelf_of

    shelf = shelf_of(named[0]) if named else SHIPPED
    print("Preparing the first picture", file=sys.stderr, flush=True)
    try:
        server = served(port, shelf)
    except OSError as error:
        raise InvalidInput([f"port: {port} cannot be opened ({error.strerror}); allowed: a free one"]) from error
    print(f"Open http://{HERE}:{port}/ in a browser on this machine; Ctrl-C ends it.", flush=True)
    server.run_until_shutdown()
    return 0

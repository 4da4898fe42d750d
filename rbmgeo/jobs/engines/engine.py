"""What an engine is, and the simplest one."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rbmgeo.errors import RbmgeoError

_HOUSE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """What came of one piece: its value, or what went wrong.

    ``died``: whoever did it ended without a word.
    """

    key: str
    value: Any = None
    error: str = ""
    died: bool = False


class Engine(Protocol):
    """Does pieces, each for itself, in any order."""

    name: str

    @property
    def workers(self) -> int:
        """Return how many work at once."""

    def submit(self, key: str, work: Callable[[Any], Any], piece: Any) -> None:
        """Have a piece done; ``key`` names it until it is `wait`ed for."""

    def wait(self) -> list[Done]:
        """Return what was finished since; wait for one where nothing was. Empty: nothing is left."""

    def close(self) -> None:
        """End whoever works; what is not finished is lost."""


class Inline:
    """Does every piece here and now."""

    name, workers = "inline", 1

    def __init__(self) -> None:
        self._done: list[Done] = []

    def submit(self, key: str, work: Callable[[Any], Any], piece: Any) -> None:
        """Do a piece."""
        self._done.append(done_here(key, work, piece))

    def wait(self) -> list[Done]:
        """Return what was done."""
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        """Nothing is held."""


def done_here(key: str, work: Callable[[Any], Any], piece: Any) -> Done:
    """Do a piece in this process; an error is what came of it."""
    try:
        return Done(key, work(piece))
    except Exception as error:
        return Done(key, error=told(error))


def told(error: BaseException) -> str:
    """Return what may be said of an error: a sentence of ours, else its kind and our line.

    What a library says may quote a customer.
    """
    if isinstance(error, RbmgeoError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if Path(f.filename).is_relative_to(_HOUSE)]
    place = (
        f" ({Path(ours[-1].filename).relative_to(_HOUSE.parent)}:{ours[-1].lineno})" if ours else ""
    )
    return f"{type(error).__name__}{place}"

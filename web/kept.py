"""What was computed for a state of the data, kept in this process until the state is another."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from flask import g
from sqlalchemy.orm import Session

from rbmgeo.db.queries import units
from web.database import database

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """The newest few results of one page, by unit, its settings and the state of its data."""

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._made: OrderedDict[tuple[str, ...], Made] = OrderedDict()

    def get(self, make: Callable[[Session], Made], *more: str) -> Made:
        """Return what ``make`` makes of the unit of this request; ``more`` is part of the key."""
        with database().reading() as session:
            mark = units.mark(session, ulp=g.ulp)
            key = (database().url, g.ulp, repr(sorted(g.unit.settings.items())), mark, *more)
            made = self._made.get(key)
            if made is None:
                made = self._made[key] = make(session)
        while len(self._made) > self._most:
            self._made.popitem(last=False)
        return made

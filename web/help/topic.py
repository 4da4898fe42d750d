"""What a page of help is: who it is for, what to do in which order, in two languages."""

from dataclasses import dataclass

#: A sentence as (Indonesian, English). What stands in [brackets] is a button or a page as the
#: screen names it; a test looks for each of them on the pages.
Pair = tuple[str, str]


@dataclass(frozen=True)
class Topic:
    """One main task on one page: its steps, its picture, and the pages that lead to it.

    ``about`` names endpoints (``maps.rbm``) or whole areas (``maps``); ``roles`` says whose task it
    is (nobody's: everybody's), ``phone`` that it is done on one. The picture is ``static/img/help/<key>-<language>.png``.
    """

    key: str
    title: Pair
    lead: Pair
    steps: tuple[Pair, ...]
    picture: Pair
    about: tuple[str, ...]
    roles: tuple[str, ...] = ()
    keys: Pair | None = None
    phone: bool = False

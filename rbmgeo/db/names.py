"""Names of tables and columns where they are put into SQL: plain words, whoever hands them over."""

import re
from collections.abc import Iterable

_PLAIN = re.compile(r'[A-Za-z_][A-Za-z0-9_]{0,62}|"[A-Za-z_][A-Za-z0-9_]{0,62}"')


def plain_names(names: Iterable[str]) -> None:
    """Refuse what is no plain name of a table or column.

    Values are bound, never written into SQL; names cannot be bound. They come from our own code:
    this is the second wall, for the day when one comes from a file's heading by mistake.

    Raises
    ------
    ValueError
        If one is anything but letters, figures and underscores (between quotation marks or not).
    """
    for name in names:
        if not _PLAIN.fullmatch(name):
            raise ValueError(f"{name[:80]!r} is no name of a table or column")

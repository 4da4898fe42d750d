"""Places on an RBM: urut and sisipan; codes stay opaque unless the unit names a pattern."""

import re

import pandas as pd

URUT_MAX, SISIPAN_MAX = 999, 99


def parsed(code: str, pattern: str) -> dict[str, str]:
    """Return the named parts of a code by the unit's pattern; {} where it does not fit.

    >>> parsed("JPAABKC04600", r"(?P<hari>[A-Z])(?P<urut>[0-9]{3})[0-9]{2}$")
    {'hari': 'C', 'urut': '046'}
    """
    found = re.search(pattern, code) if pattern else None
    return {k: v for k, v in found.groupdict().items() if v is not None} if found else {}


def next_sisipan(taken: "set[tuple[int, int]]", urut: int) -> tuple[int, int] | None:
    """Return the next free place after ``urut`` (R-RO-03), None where 99 are taken.

    >>> next_sisipan({(46, 0), (46, 1), (47, 0)}, 46)
    (46, 2)
    """
    used = [s for u, s in taken if u == urut]
    after = max(used, default=0) + 1
    return (urut, after) if after <= SISIPAN_MAX else None


def place_between(
    taken: "set[tuple[int, int]]", before: tuple[int, int] | None, after: tuple[int, int] | None
) -> tuple[int, int] | None:
    """Return a free place for a customer read between two others; nobody is renumbered.

    Between them the next free sisipan (R-RO-03); behind the last the next urut. Where nothing
    lies between (046/00 and 046/01) the next free sisipan of that urut, one step further on;
    None where its 99 are taken: then only a new version can renumber.

    >>> place_between({(46, 0), (47, 0)}, (46, 0), (47, 0))
    (46, 1)
    >>> place_between({(46, 0), (46, 1), (47, 0)}, (46, 0), (46, 1))
    (46, 2)
    >>> place_between({(46, 0)}, (46, 0), None)
    (47, 0)
    """
    if before is None and after is None:
        return (1, 0)
    if before is None:
        assert after is not None
        return (after[0] - 1, 0) if after[0] > 1 else next_sisipan(taken, after[0])
    urut, sisipan = before
    if after is None:
        return (urut + 1, 0) if urut < URUT_MAX else next_sisipan(taken, urut)
    if sisipan < SISIPAN_MAX and (urut, sisipan + 1) < after:
        return (urut, sisipan + 1)
    if urut + 1 < after[0]:
        return (urut + 1, 0)
    return next_sisipan(taken, urut)


def numbered(rbm: pd.Series, position: pd.Series) -> pd.DataFrame:
    """Give each customer of an RBM its number by position; from 999 on as insertions.

    ``rbm`` and ``position`` share the index idpel; nobody shares a place (R-RO-02). Where
    one number cannot hold all that follow, insertions are spread over the numbers, so that
    99,900 customers have a place each.

    Raises
    ------
    ValueError
        If an RBM has more customers than places.
    """
    frame = pd.DataFrame({"rbm": rbm, "position": position}).sort_values(
        ["rbm", "position"], kind="stable"
    )
    groups = frame.groupby("rbm")
    place, size = groups.cumcount() + 1, groups["rbm"].transform("size")
    if size.max() > URUT_MAX * (SISIPAN_MAX + 1):
        raise ValueError(f"an RBM of {size.max()} customers has more than {URUT_MAX} x 100 places")
    each = -(-size // URUT_MAX)  # customers on one number where insertions are spread
    spread = size > URUT_MAX + SISIPAN_MAX
    frame["urut"] = place.clip(upper=URUT_MAX).where(~spread, (place - 1) // each + 1)
    frame["sisipan"] = (place - URUT_MAX).clip(lower=0).where(~spread, (place - 1) % each)
    return frame[["rbm", "urut", "sisipan"]]


def kept_numbers(rbm: pd.Series, today: pd.DataFrame, position: pd.Series) -> pd.DataFrame:
    """Give the customers of new routes numbers; who stays on his RBM keeps his own.

    Newcomers follow behind, by ``position``. An RBM whose numbers of today are missing, shared
    or without room behind is numbered anew. ``today``: index idpel; ``rbm``, ``urut``, ``sisipan``.
    """
    frame = numbered(rbm, position)
    had = today[["rbm", "urut", "sisipan"]].reindex(frame.index)
    stays = had["rbm"].eq(frame["rbm"]) & had["urut"].notna()
    place = had["urut"].astype(float).where(stays)
    sub = had["sisipan"].astype(float).fillna(0).where(stays)
    newcomers = (~stays).groupby(frame["rbm"]).cumsum().where(~stays)
    last = place.groupby(frame["rbm"]).transform("max").fillna(0)
    place, sub = place.fillna(last + newcomers), sub.fillna(0)
    wrong = (place < 1) | (place > URUT_MAX) | (sub < 0) | (sub > SISIPAN_MAX)
    wrong |= pd.DataFrame({"r": frame["rbm"], "u": place, "s": sub}).duplicated(keep=False)
    anew = wrong.groupby(frame["rbm"]).transform("any")
    frame["urut"] = frame["urut"].where(anew, place).astype(int)
    frame["sisipan"] = frame["sisipan"].where(anew, sub).astype(int)
    return frame


def fresh_codes(ulp: str, count: int, taken: "set[str]") -> list[str]:
    """Return codes for RBM that never had one: the unit and three letters."""
    letters = (
        f"{ulp}{chr(65 + i // 676 % 26)}{chr(65 + i // 26 % 26)}{chr(65 + i % 26)}"
        for i in range(17_576)
    )
    free = (code for code in letters if code not in taken)
    return [next(free) for _ in range(count)]

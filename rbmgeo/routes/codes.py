"""Places on an RBM: urut and sisipan; codes stay opaque unless the unit names a pattern."""

import re
from bisect import bisect_left
from itertools import islice

import pandas as pd

URUT_MAX, SISIPAN_MAX = 999, 99
_EACH = SISIPAN_MAX + 1  # places that one urut has


def parsed(code: str, pattern: str) -> dict[str, str]:
    """Return the named parts of a code by the unit's pattern; {} where it does not fit.

    >>> parsed("JPAABKC04600", r"(?P<hari>[A-Z])(?P<urut>[0-9]{3})[0-9]{2}$")
    {'hari': 'C', 'urut': '046'}
    """
    found = re.search(pattern, code) if pattern else None
    return {k: v for k, v in found.groupdict().items() if v is not None} if found else {}


#: KDDK of twelve characters: area to reading day, urut, sisipan (domain.md 1.3).
KDDK_PATTERN = r"^[A-Z]{7}(?P<urut>[0-9]{3})(?P<sisipan>[0-9]{2})$"
_BLANK = {"urut": "\x01", "sisipan": "\x02"}


def blanked(code: str, pattern: str) -> str | None:
    """Return a code with the digits of its place made blank; None where the pattern has no urut.

    Two codes of one RBM blanked are alike: what is left is what `composed` fills.
    """
    found = re.search(pattern, code)
    if found is None or found.groupdict().get("urut") is None:
        return None
    for name, blank in _BLANK.items():
        if found.groupdict().get(name) is not None:
            a, b = found.span(name)
            code = code[:a] + blank * (b - a) + code[b:]
    return code


def composed(blank: str, urut: int, sisipan: int) -> str | None:
    """Return the code of a place; None where its digits do not fit the blanks.

    >>> composed(blanked("JPAABKC04600", KDDK_PATTERN) or "", 47, 1)
    'JPAABKC04701'
    """
    for mark, number in zip(_BLANK.values(), (urut, sisipan), strict=True):
        width = blank.count(mark)
        digits = f"{number:0{width}d}" if width else ""
        if len(digits) > width or (not width and number):
            return None
        blank = blank.replace(mark * width, digits) if width else blank
    return blank


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


def renumbered(walk: "list[str]", today: "dict[str, tuple[int, int]]") -> "dict[str, tuple[int, int]]":  # fmt: skip
    """Give everybody of a walk a place so that as many as can keep theirs; {} where none fits.

    ``today``: urut and sisipan of those who have one. Who stands out of turn, or is new, gets the
    next free sisipan behind the one before (R-RO-03), at the end the next urut. A number that
    somebody had is not given to another while there is room: nobody reads two houses as one.
    Where no number lies between two that are kept, the second is given up.

    >>> renumbered(["a", "new", "c", "b"], {"a": (1, 0), "b": (2, 0), "c": (3, 0)})
    {'a': (1, 0), 'new': (1, 1), 'c': (1, 2), 'b': (2, 0)}
    """
    number = {i: u * _EACH + s for i, (u, s) in today.items()}
    stands = [number.get(i) for i in walk]
    kept = {walk[k] for k in longest_rising(stands)}
    had = set(number.values())
    out: dict[str, int] = {}
    waiting: list[str] = []
    last = _EACH - 1  # 001/00 is the first place
    for idpel in walk:
        if idpel not in kept:
            waiting.append(idpel)
            continue
        place = number[idpel]
        free = _free(last, place, len(waiting), had)
        if free is None:
            waiting.append(idpel)
            continue
        out |= zip(waiting, free, strict=True)
        out[idpel] = last = place
        waiting = []
    free = _behind(last, len(waiting), had)
    if free is None:
        return {}
    out |= zip(waiting, free, strict=True)
    return {i: divmod(out[i], _EACH) for i in walk}


def longest_rising(numbers: "list[int | None]") -> list[int]:
    """Return the places of a longest rising part of a list, None left out.

    >>> longest_rising([5, 1, None, 2, 9, 3])
    [1, 3, 5]
    """
    tails: list[int] = []  # the lowest last number of a part of each length, and where it stands
    at: list[int] = []
    before: list[int] = []
    for k, number in enumerate(numbers):
        before.append(-1)
        if number is None:
            continue
        size = bisect_left(tails, number)
        before[k] = at[size - 1] if size else -1
        tails[size : size + 1] = [number]
        at[size : size + 1] = [k]
    out = [at[-1]] if at else []
    while out and before[out[-1]] >= 0:
        out.append(before[out[-1]])
    return out[::-1]


def _free(after: int, below: int, count: int, had: "set[int]") -> "list[int] | None":
    """Return ``count`` places between two, rather such as nobody had."""
    if below - after - 1 < count:
        return None
    unused = list(islice((p for p in range(after + 1, below) if p not in had), count))
    return unused if len(unused) == count else list(range(after + 1, after + 1 + count))


def _behind(last: int, count: int, had: "set[int]") -> "list[int] | None":
    """Return ``count`` places behind the last: a urut each while there are, else what is left."""
    end = (URUT_MAX + 1) * _EACH
    whole = [p for p in range((last // _EACH + 1) * _EACH, end, _EACH) if p not in had]
    return whole[:count] if len(whole) >= count else _free(last, end, count, had)

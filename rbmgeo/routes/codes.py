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


def numbered(rbm: pd.Series, position: pd.Series) -> pd.DataFrame:
    """Give each customer of an RBM its number by position; from 999 on as insertions.

    ``rbm`` and ``position`` share the index idpel; nobody shares a place (R-RO-02).
    """
    frame = pd.DataFrame({"rbm": rbm, "position": position}).sort_values(
        ["rbm", "position"], kind="stable"
    )
    place = frame.groupby("rbm").cumcount() + 1
    frame["urut"] = place.clip(upper=URUT_MAX)
    frame["sisipan"] = (place - URUT_MAX).clip(lower=0)
    return frame[["rbm", "urut", "sisipan"]]


def fresh_codes(ulp: str, count: int, taken: "set[str]") -> list[str]:
    """Return codes for RBM that never had one: the unit and three letters."""
    letters = (
        f"{ulp}{chr(65 + i // 676 % 26)}{chr(65 + i // 26 % 26)}{chr(65 + i % 26)}"
        for i in range(17_576)
    )
    free = (code for code in letters if code not in taken)
    return [next(free) for _ in range(count)]

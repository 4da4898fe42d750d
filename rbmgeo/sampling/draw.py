"""A sample that anyone can draw again: from a published seed and the list itself (R-SA-18).

Each name of the list gets the number SHA-256(seed, hash of the list, name); the smallest are the
sample, those that follow the reserve. No generator of random numbers is needed to check it, and
neither the order of the list nor the machine makes a difference.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True)
class Drawn:
    """A sample in the order drawn, the reserve that follows, and what it was drawn from.

    ``list_hash``: SHA-256 of the sorted names, one a line; whoever holds the same list finds it.
    """

    seed: str
    list_hash: str
    sample: tuple[str, ...]
    reserve: tuple[str, ...]


def list_hash(names: Iterable[str]) -> str:
    """Return the hash that names a list whatever its order."""
    return hashlib.sha256("\n".join(sorted(set(names))).encode()).hexdigest()


def draw(names: Iterable[str], size: int, *, seed: str, reserve: int = 0) -> Drawn:
    """Draw ``size`` of a list, all of it where there are no more, and a reserve behind them.

    Who is not met is replaced by the first of the reserve that is left, never by choice.

    Raises
    ------
    ValueError
        If a name stands twice: it would be drawn twice as easily.
    """
    listed = list(names)
    if len(set(listed)) < len(listed):
        raise ValueError("a name stands twice in the list that is drawn from")
    told = list_hash(listed)
    turn = sorted(listed, key=lambda name: (_number(seed, told, name), name))
    return Drawn(seed, told, tuple(turn[:size]), tuple(turn[size : size + reserve]))


def draw_evenly(
    strata: Mapping[str, str], size: int, *, seed: str, reserve: int = 0
) -> dict[str, Drawn]:
    """Draw so that everybody has the same chance, however many strata there are (R-SA-18).

    ``strata``: stratum by name. Of more strata than ``size`` it is the seed that says which give
    one (`even_shares`), never their names. The reserve is shared out likewise over those left.
    """
    members: dict[str, list[str]] = {}
    for name, stratum in strata.items():
        members.setdefault(stratum, []).append(name)
    each = even_shares({s: len(there) for s, there in members.items()}, size, seed=seed)
    left = {s: len(there) - each[s] for s, there in members.items()}
    spare = even_shares(left, reserve, seed=f"{seed}/cadangan")
    return {
        stratum: draw(members[stratum], each[stratum], seed=f"{seed}/{stratum}", reserve=spare[stratum])
        for stratum in sorted(members)
    }  # fmt: skip


def even_shares(counts: Mapping[str, int], size: int, *, seed: str) -> dict[str, int]:
    """Share a sample out over strata in exact proportion, on average over the seeds.

    Strata stand in an order of the seed; every (total / size)-th of their members counts for its
    stratum, from a start of the seed. A stratum gives its share rounded down or up.

    >>> sum(even_shares({"A": 300, "B": 90, "C": 10}, 20, seed="1").values())
    20
    """
    turn = sorted(counts, key=lambda k: (_number(seed, "", k), k))
    ends = list(accumulate(counts[k] for k in turn))
    total = ends[-1] if ends else 0
    size = min(max(size, 0), total)
    out = dict.fromkeys(sorted(counts), 0)
    start = int(_number(seed, "", ""), 16)
    for k in range(size):
        # The place (k + start / 2^256) * total / size, without rounding.
        at = ((k << 256) + start) * total // (size << 256)
        out[turn[bisect_right(ends, at)]] += 1
    return out


def _number(seed: str, told: str, name: str) -> str:
    return hashlib.sha256(f"{seed}\n{told}\n{name}".encode()).hexdigest()

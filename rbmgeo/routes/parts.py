"""What it would be to split an RBM in two, or to make one of two: looked at, nothing kept."""

from dataclasses import dataclass, replace

from rbmgeo.errors import UsageError
from rbmgeo.routes.blocks import bisected
from rbmgeo.routes.design import Case
from rbmgeo.routes.search import Ground, State, Weights, improve, mended

_EVEN = Weights(change=0.0, walk=1.0)


@dataclass(frozen=True)
class Part:
    """One route as it would be: minutes and kilometres are estimates.

    ``over``: more customers than a route of its kind holds; ``whole``: it hangs together.
    """

    rbm: str
    customers: int
    minutes: float
    km: float
    gardu: int
    over: bool
    whole: bool


@dataclass(frozen=True)
class Preview:
    """Routes before and after."""

    before: list[Part]
    after: list[Part]


def split(case: Case, rbm: str) -> Preview:
    """Split a route of today in two even parts of whole blocks that hang together.

    Raises
    ------
    UsageError
        If the RBM is not there, is locked, or is a single block.
    """
    state = case.state()
    r = _number(case, rbm)
    before = [_part(case, state, r)]
    table = case.blocks.table
    mine = [b for b in sorted(state.blocks[r]) if case.ground.movable[b]]
    if len(mine) < 2:
        raise UsageError(
            f"RBM {rbm} has one gardu only that may move; a whole gardu is not split",
            f"RBM {rbm} hanya punya satu gardu yang boleh pindah; gardu utuh tidak dipecah",
        )
    half = bisected(table.iloc[mine], 2)
    route = [-1] * len(table)
    for b in range(len(table)):
        if state.route[b] == r:
            route[b] = 0
    for b, side in zip(mine, half, strict=True):
        route[b] = side
    two = _alone(case, route)
    return Preview(before, [_part(case, two, k, f"{rbm} ({'AB'[k]})") for k in (0, 1)])


def merge(case: Case, one: str, other: str) -> Preview:
    """Make one route of two neighbours; raises `UsageError` where one of them is not there."""
    state = case.state()
    a, b = _number(case, one), _number(case, other)
    if a == b:
        raise UsageError(f"RBM {one} named twice", f"RBM {one} disebut dua kali")
    route = [0 if r in (a, b) else -1 for r in state.route]
    joined = State.of(_open(case, 1), route, 1)
    return Preview(
        [_part(case, state, a), _part(case, state, b)], [_part(case, joined, 0, f"{one} + {other}")]
    )


def _alone(case: Case, route: list[int]) -> State:
    two = State.of(_open(case, 2), route, 2)
    mended(two)
    improve(two, _EVEN, looks=case.params.sweeps)
    return two


def _open(case: Case, routes: int) -> Ground:
    return replace(
        case.ground, day_of=[-1] * routes, reader_of=[-1] * routes, shut=[False] * routes
    )


def _number(case: Case, rbm: str) -> int:
    if rbm not in case.codes or rbm in case.params.locked_rbm:
        raise UsageError(
            f"RBM {rbm!r} is not one of today's open routes; choose one of the list",
            f"RBM {rbm!r} bukan rute hari ini yang terbuka; pilih dari daftar",
        )
    return case.codes.index(rbm)


def _part(case: Case, state: State, r: int, name: str = "") -> Part:
    table = case.blocks.table
    here = [b for b, now in enumerate(state.route) if now == r]
    factor = case.params.walk_per_tree or case.params.detour
    metres = (float(table["walk_m"].iloc[here].sum()) + state.gap_m[r]) * factor
    gardu = {str(n)[2:].partition("/")[0] for n in table.index[here] if str(n).startswith("G:")}
    return Part(
        name or case.codes[r], int(table["customers"].iloc[here].sum()),
        round(state.minutes(r) / 60, 1), round(metres / 1000, 2), len(gardu),
        state.share[r] > 1, state.tree(r)[1],
    )  # fmt: skip

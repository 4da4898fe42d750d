"""Numbers along a walk: who moved gets one, as few others as may be get another (R-RO-03)."""

import pandas as pd

from rbmgeo.routes.codes import SISIPAN_MAX, URUT_MAX, numbered

#: urut, sisipan.
Place = tuple[int, int]


def settled(order: list[str], held: dict[str, Place]) -> dict[str, Place]:
    """Return a place for everybody of one RBM so that the walk goes in this order.

    ``held``: places of those who did not move, in the order of the walk; they keep them
    unless what comes before needs one. Newcomers get the next sisipan, at the end the next
    urut. Only where no number is left everybody is numbered anew.
    """
    out: dict[str, Place] = {}
    last: Place | None = None
    at = 0
    while at < len(order):
        end = at
        while end < len(order) and order[end] not in held:
            end += 1
        run = order[at:end] or [order[at]]
        if end > at:
            places = _between(last, held[order[end]] if end < len(order) else None, len(run))
        else:
            kept = held[order[at]]
            places = [kept] if last is None or kept > last else _chain(last, 1)
        if len(places) < len(run):
            return dict(zip(order, fresh_places(len(order)), strict=True))
        out.update(zip(run, places, strict=True))
        last = places[-1]
        at += len(run)
    return out


def fresh_places(count: int) -> list[Place]:
    """Return the places of ``count`` customers numbered anew from 1 (`codes.numbered`)."""
    if count == 0:
        return []
    made = numbered(pd.Series("x", index=range(count)), pd.Series(range(count)))
    return [(int(u), int(s)) for u, s in made[["urut", "sisipan"]].itertuples(index=False)]


def _between(before: Place | None, after: Place | None, count: int) -> list[Place]:
    if after is None:
        first = before[0] + 1 if before else 1
        if first + count - 1 <= URUT_MAX:
            return [(first + n, 0) for n in range(count)]
        return _chain(before or (1, -1), count)
    if before is None:
        if after[0] > count:
            return [(after[0] - count + n, 0) for n in range(count)]
        return _chain((1, -1), count)
    return _chain(before, count)


def _chain(place: Place, count: int) -> list[Place]:
    """Return the places right behind one, sisipan by sisipan; fewer where the numbers end."""
    out: list[Place] = []
    while len(out) < count:
        urut, sisipan = place
        if sisipan < SISIPAN_MAX:
            place = (urut, sisipan + 1)
        elif urut < URUT_MAX:
            place = (urut + 1, 0)
        else:
            break
        out.append(place)
    return out

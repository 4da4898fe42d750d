"""What an approved event changed on the lines, until the lines are imported anew."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from rbmgeo.frames import JTR


@dataclass(frozen=True)
class TakenOver:
    """The poles that a gardu took over from another; ``idpels`` moved with them.

    ``shared`` poles carry both: some of their customers moved, others stayed.
    """

    old: str
    new: str
    poles: frozenset[str]
    shared: frozenset[str]
    idpels: frozenset[str]


def lines_after(jtr: pd.DataFrame, events: Iterable[TakenOver]) -> pd.DataFrame:
    """Return the spans with the gardu that feeds them since some events, oldest first.

    A span between two poles that were taken over is the new gardu's. A span at the border, or at
    a shared pole, may feed from either side: it stands twice, once for each, so that neither
    gardu's customers are called wrong for it. Spans of other gardu stay as they are.
    """
    JTR.check(jtr)
    out = jtr
    for event in events:
        first, last = (out[end].isin(list(event.poles)) for end in ("tiang_1", "tiang_2"))
        touched = out[["tiang_1", "tiang_2"]].isin(list(event.poles | event.shared)).any(axis=1)
        was = out["gardu"].eq(event.old)
        whole = was & first & last
        again = out[was & touched & ~whole].assign(gardu=event.new)
        again.index = pd.Index(
            [f"{span}~{event.new}" for span in again.index], name=out.index.name, dtype="str"
        )
        out = out.assign(gardu=out["gardu"].mask(whole, event.new))
        out = pd.concat([out, again[~again.index.isin(out.index)]]) if len(again) else out
    return out


def without_old_walks(connected: pd.Series, events: Iterable[TakenOver]) -> pd.Series:
    """Drop the walks that still lead moved customers to the gardu which gave them away."""
    keep = pd.Series(True, index=connected.index)
    for event in events:
        keep &= ~(connected.eq(event.old) & connected.index.isin(list(event.idpels)))
    return connected[keep]

"""Where the lines of a control chart lie in its picture; the figures stand in a table beside it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rbmgeo.supervision.control_charts import enough

_LEFT, _RIGHT, _TOP, _LOW = 8.0, 352.0, 10.0, 104.0
#: Height of a line of words; a month's own number takes room at the right.
_LETTER, _WORDS = 12.0, 62.0


@dataclass(frozen=True)
class Dot:
    """One month: its place, what it says when pointed at, and whether it lies outside."""

    x: float
    y: float
    words: str
    outside: bool


@dataclass(frozen=True)
class Chart:
    """A drawn chart: ``paths`` of the known months, ``middle`` (y), the paths of both limits.

    ``said``: (y, words) of the middle and, where there is room, of the newest limits.
    """

    dots: list[Dot]
    paths: list[str]
    middle: float | None
    limits: list[str]
    months: list[tuple[float, str]]
    known: int
    said: list[tuple[float, str]]


def drawn(
    chart: pd.DataFrame, months: list[str], say: Callable[[float], str], named: Callable[[str], str]
) -> Chart:
    """Place a chart of `rbmgeo.supervision.control_charts` whose rows are ``months``.

    ``say`` writes a value, ``named`` a month. A month that is not known leaves a gap.
    """
    x = np.linspace(_LEFT + 12, _RIGHT - _WORDS, max(len(months), 2))[: len(months)]
    lines = chart[["value", "low", "high"]].to_numpy(float)
    seen = lines[np.isfinite(lines)]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
    room = (high - low) * 0.08 or max(abs(high), 1.0) * 0.1

    def up(value: float) -> float:
        return float(_LOW - (value - low + room) / (high - low + 2 * room) * (_LOW - _TOP))

    value = chart["value"].to_numpy(float)
    dots = [
        Dot(round(float(x[k]), 1), round(up(v), 1), f"{named(months[k])}: {say(v)}", bool(chart["outside"].iloc[k]))
        for k, v in enumerate(value) if np.isfinite(v)
    ]  # fmt: skip
    there = enough(chart)
    return Chart(
        dots, _paths(x, [up(v) if np.isfinite(v) else None for v in value]),
        round(up(float(chart["middle"].dropna().iloc[0])), 1) if there else None,
        [p for c in ("low", "high") for p in _paths(x, [up(v) if np.isfinite(v) else None for v in chart[c].to_numpy(float)])] if there else [],
        [(round(float(x[k]), 1), named(m)[:3]) for k, m in enumerate(months)], len(dots),
        _said(chart, up, say) if there else [],
    )  # fmt: skip


def _said(
    chart: pd.DataFrame, up: Callable[[float], float], say: Callable[[float], str]
) -> list[tuple[float, str]]:
    """Return what is written beside the lines: the middle, and limits that do not touch it."""
    newest = chart.dropna(subset=["middle", "low", "high"]).iloc[-1]
    middle = up(float(newest["middle"]))
    out = [(round(middle, 1), say(float(newest["middle"])))]
    for name in ("low", "high"):
        at = up(float(newest[name]))
        if abs(at - middle) >= _LETTER:
            out.append((round(at, 1), say(float(newest[name]))))
    return out


def _paths(x: np.ndarray, y: list[float | None]) -> list[str]:
    """Return the path of each run of known months."""
    runs: list[list[str]] = [[]]
    for a, b in zip(x, y, strict=True):
        if b is None:
            runs.append([])
        else:
            runs[-1].append(f"{a:.1f} {b:.1f}")
    return ["M" + "L".join(r) for r in runs if len(r) > 1]

"""The rehearsal on the page "Seberapa yakin?": what was kept, as lines to draw."""

from typing import Any

from rbmgeo.db.models import Run
from rbmgeo.survey.rehearsal import WAYS

#: The drawing: its free area in pixels, and how a line ends.
LEFT, TOP, WIDE, HIGH = 44, 12, 440, 260


def drawing(run: Run | None) -> dict[str, Any] | None:
    """Return lines, ticks and table rows of a kept rehearsal; None where there is none."""
    if run is None:
        return None
    kept: dict[str, Any] = {**run.params, **run.summary}
    visits, errors = run.summary["visits"], run.summary["errors"]
    best = max(max(line) for line in run.summary["found"].values())
    # All errors only set the scale where they are within reach: else every line lies flat.
    top = max(1, errors if errors <= 1.5 * best else best)
    across, up = WIDE / max(visits), HIGH / top

    def place(visit: float, found: float) -> str:
        return f"{LEFT + across * visit:.1f},{TOP + HIGH - up * found:.1f}"

    lines = [
        {"way": way, "found": line[-1], "end_y": TOP + HIGH - up * line[-1],
         "points": " ".join(place(v, n) for v, n in zip(visits, line, strict=True))}
        for way in WAYS for line in (run.summary["found"][way],)
    ]  # fmt: skip
    _apart(lines, 15)
    step = _step(top)
    each = run.params["visits"]
    rounds = [
        {"visits": n * each, **said,
         "found_by": {w: run.summary["found"][w][visits.index(n * each)] for w in WAYS}}
        for n, said in enumerate(run.summary["rounds"], start=1)
    ]  # fmt: skip
    return {
        **kept, "visits_each": each, "lines": lines, "table": rounds, "at": run.finished_at, "by": run.run_by,
        "x_ticks": [(LEFT + across * r["visits"], r["visits"]) for r in rounds],
        "y_ticks": [(TOP + HIGH - up * n, n) for n in range(0, int(top) + 1, step)],
        "all_y": TOP + HIGH - up * errors if errors <= top else None,
        "box": (LEFT, TOP, WIDE, HIGH),
    }  # fmt: skip


def _apart(lines: list[dict[str, Any]], gap: float) -> None:
    """Give each line's name a height of its own, so that none lies on another."""
    last = float("inf")
    for line in sorted(lines, key=lambda one: -one["end_y"]):
        line["label_y"] = last = min(line["end_y"] + 4, last - gap)


def _step(top: float) -> int:
    """Return a round step that makes at most six marks."""
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500):
        if top / step <= 6:
            return step
    return 1000

"""Lembar pertama: what a unit's first files say, with no coordinates, streets or poles needed."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import first_sheet as queries
from rbmgeo.db.queries import lists
from rbmgeo.matching.evaluate import NO_GARDU, NO_RBM, alignment, alignment_summary
from rbmgeo.matching.first_sheet import (
    BOTH,
    EXPECTED,
    NEITHER,
    NO_LIST,
    ONLY_PDPJ,
    ONLY_RBM,
    parts,
    standing,
)
from rbmgeo.matching.spellings import look_alikes, united

#: Reasons that are worth a look.
TO_SEE = ("perlu_dilihat", "R-PR-02")
#: Readings of at least so many months make a robust point (R-LO-01).
LOG_MONTHS = 2


@dataclass(frozen=True)
class FirstSheet:
    """Everything of one page.

    ``customers`` has a row per idpel (`standing`, with ``public_id``, ``tarif``, ``daya_va``);
    every number of the page counts rows of it.
    """

    ulp: str
    summary: dict[str, Any]
    customers: pd.DataFrame
    parts: pd.DataFrame
    matrix: pd.DataFrame
    look_alikes: pd.DataFrame
    united: pd.DataFrame
    next_files: dict[str, str]

    def rows(self, part: str, why: str = "") -> pd.DataFrame:
        """Return the customers behind a number: a part, a reason, or ``tanpa_titik``."""
        rows = self.customers
        if part == "tanpa_titik":
            return rows[~rows["has_point"]]
        if part == "bertitik":
            return rows[rows["has_point"]]
        if part and part != "semua":
            rows = rows[rows["part"] == part]
        if why == "perlu":
            return rows[rows["why"].isin(TO_SEE)]
        return rows[rows["why"] == why] if why else rows

    def count(self, part: str, *why: str) -> int:
        """Return how many customers a part has, of some reasons where they are named."""
        rows = self.parts[self.parts["part"] == part]
        return int(
            rows[rows["why"].isin(why)]["customers"].sum() if why else rows["customers"].sum()
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the one object of ``--json``."""
        return {
            "ulp": self.ulp, **self.summary,
            "parts": self.parts.to_dict("records"),
            "look_alikes": self.look_alikes.reset_index().to_dict("records"),
            "united": self.united.to_dict("records"),
            "next_files": self.next_files,
        }  # fmt: skip


def first_sheet(session: Session, ulp: str) -> FirstSheet:
    """Compute the first sheet of a unit; the database is only read."""
    people = lists.people(session, ulp=ulp)
    rbm_list = lists.rbm_list(session, ulp=ulp)
    pdpj_lines = lists.pdpj_lines(session, ulp=ulp)
    rows = standing(people, rbm_list, pdpj_lines)
    matrix = alignment(rows[["rbm", "gardu"]].fillna({"rbm": NO_RBM, "gardu": NO_GARDU}))
    rows = rows.join(people[["public_id", "tarif", "daya_va"]])
    spelled = queries.gardu_spellings(session, ulp=ulp)
    alike = look_alikes(spelled)
    there = queries.loaded_kinds(session, ulp=ulp).set_index("kind")["files"]
    counted = parts(rows)
    summary = {
        "customers": len(rows),
        "rbm": int(rows["rbm"].nunique()),
        "gardu": int(rows["gardu"].nunique()),
        "both": int(rows["part"].eq(BOTH).sum()),
        "only_rbm": int(rows["part"].eq(ONLY_RBM).sum()),
        "only_pdpj": int(rows["part"].eq(ONLY_PDPJ).sum()),
        "neither": int(rows["part"].eq(NEITHER).sum()),
        "expected": int(rows["why"].isin(EXPECTED).sum()),
        "to_see": int(rows["why"].isin(TO_SEE).sum()),
        "not_comparable": int(rows["why"].eq(NO_LIST).sum()),
        "with_point": int(rows["has_point"].sum()),
        "blth": str(rbm_list["blth"].iloc[0]) if len(rbm_list) else None,
        "look_alike_groups": int(alike["group"].nunique()),
        **{k: (None if v != v else v) for k, v in alignment_summary(matrix).items()},
    }
    return FirstSheet(
        ulp, summary, rows, counted, matrix, alike, united(spelled), _next_files(summary, there)
    )


def _next_files(summary: dict[str, Any], there: pd.Series) -> dict[str, str]:
    """Return, for each part of the sheet, the kind of file that would improve it most."""
    lists_next = "dpm" if not summary["rbm"] else "pdpj" if not summary["gardu"] else ""
    with_points = summary["with_point"]
    points = "reader_log" if with_points < summary["customers"] else ""
    if with_points and there.get("reader_log", 0) >= LOG_MONTHS:
        points = "points" if with_points < summary["customers"] else ""
    return {
        "lists": lists_next
        or ("pdpj" if summary["only_rbm"] else "dpm" if summary["to_see"] else ""),
        "spellings": "" if there.get("gardu") else "gardu",
        "matrix": lists_next or ("" if there.get("gardu") else "gardu"),
        "points": points,
    }

"""Bulan ini, to sign: a month's figures from the pages they stand on, frozen under a signature."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import MonthClosed, MonthSigned
from rbmgeo.db.queries import board, deeds, reader_facts, units, verification
from rbmgeo.db.queries import month_signed as kept
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, NotThere, UsageError
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.intake.scans import clean_scan
from rbmgeo.months import month_before
from rbmgeo.routes.targets import NO_SCHEDULE
from rbmgeo.sheets.summary import draw_summary
from rbmgeo.supervision.month_summary import (
    Figures,
    Sentence,
    changed,
    content_hash,
    sentences,
    verified,
)
from rbmgeo.terms import GarduCheck, ReadState
from rbmgeo.workflows.consistency import kept_consistency
from rbmgeo.workflows.month_kept import stands_kept
from rbmgeo.workflows.reading import reading_status
from rbmgeo.workflows.stands import open_lines, stand_desk
from rbmgeo.workflows.verification import changed_gardu

#: Letters of a name and of a position.
LINE = 120


@dataclass(frozen=True)
class Summary:
    """A month as it is now (``now``), who signed it (newest first), how it was closed.

    ``signed``: the sentences that count: those of the newest signature, else those of now.
    ``changed``: (then, now) of what would read otherwise since.
    """

    figures: Figures
    now: list[Sentence]
    signatures: list[MonthSigned]
    closed: MonthClosed | None
    changed: list[tuple[dict[str, str], Sentence]]

    @property
    def signed(self) -> list[dict[str, str]]:
        """Return the sentences that count."""
        if self.signatures:
            return list(self.signatures[0].content["sentences"])
        return [vars(s) for s in self.now]


def month_figures(
    session: Session, ulp: str, blth: str, *, on: date, without: Collection[str] = ()
) -> Figures:
    """Return the figures of a month as the pages show them that they lead to.

    Consistency is that of the months that are kept (`rbmgeo.workflows.month_kept`) but for those
    ``without``.
    """
    limit = units.unit_settings(session, ulp=ulp).finding_limit
    f = board.facts(session, ulp=ulp, blth=blth, limit=limit)
    waiting = f.proposals.get("open", 0) + f.proposals.get("conflict", 0)
    return {
        **_reading(session, ulp, blth, on), "questions": _questions(session, ulp, blth, without),
        "photos": {
            "photo": _looked(reader_facts.photo_checks(session, ulp=ulp, blth=blth)),
            "field": _looked(reader_facts.field_checks(session, ulp=ulp, blth=blth)),
        },
        "stands": _stands(session, ulp, blth),
        "findings": {"to_see": f.to_see, "customers": sum(f.classes.values())} if f.matched_at else None,
        "survey": {"answered": f.answered, "planned": f.planned} if f.planned else None,
        "verification": {
            "decided": sum(f.proposals.values()) - waiting, "waiting": waiting, "gardu": verified(verified_gardu(session, ulp)),
        },
        "handoff": _handoff(session, ulp, f.published_for), "kwh": _kwh(session, ulp, blth),
    }  # fmt: skip


def verified_gardu(session: Session, ulp: str) -> pd.DataFrame:
    """Return the gardu that were drawn or changed: ``gardu``, ``state`` (`GARDU_STATES`).

    An accepted one that changed again since waits anew; what was given up says nothing.
    """
    roots = verification.roots(session, ulp=ulp)
    newest = roots[roots["step"].ne(GarduCheck.BATAL)].drop_duplicates("gardu")
    again = sorted(changed_gardu(session, ulp, roots).index)
    said = newest.set_index("gardu")["step"]
    state = pd.Series("waiting", index=said.index.union(pd.Index(again, name="gardu")), dtype="str")
    state[said.index[said.eq(GarduCheck.DITERIMA) & ~said.index.isin(again)]] = "accepted"
    state[said.index[said.eq(GarduCheck.KEMBALI_SURVEI)]] = "failed"
    return state.rename("state").rename_axis("gardu").reset_index()


def summary(session: Session, ulp: str, blth: str, figures: Figures) -> Summary:
    """Return a month's summary with its signatures and what differs from the newest."""
    now = sentences(figures)
    signed = kept.signatures(session, ulp=ulp, blth=blth)
    differs = changed(signed[0].content["sentences"], now) if signed else []
    return Summary(figures, now, signed, kept.closed(session, ulp=ulp, blth=blth), differs)


def sign_month(
    session: Session, ulp: str, blth: str, figures: Figures, *, on: date, seen: str, name: str,
    position: str, who: str, at: datetime,
) -> str:  # fmt: skip
    """Freeze the summary as it was read under a person's name; return its hash.

    ``seen``: the hash of the sentences that were on the page (`seen_hash`): nobody signs what
    changed meanwhile. Another signature stands beside it and counts, until the month is closed.

    Raises
    ------
    UsageError
        If the month is closed, a name or position is missing or too long, or the sentences are
        others than those that were read.
    """
    kept.one_signer(session, ulp=ulp, blth=blth)
    _refuse_closed(session, ulp, blth)
    signer = {"name": _line(name), "position": _line(position)}
    told = sentences(figures)
    if seen != seen_hash(told):
        raise UsageError(
            "the figures changed since the page was opened; read them again and sign",
            "angkanya berubah sejak halaman dibuka; baca lagi lalu tanda tangani",
        )
    unit = units.unit(session, ulp=ulp)
    settings = units.unit_settings(session, ulp=ulp)
    content = {
        "ulp": ulp, "unit": unit.name, "up3": unit.up3, "sample": unit.sample, "blth": blth,
        "on": on.isoformat(), "place": settings.deed_place or unit.name, "signer": signer,
        "figures": figures, "sentences": [vars(s) for s in told],
    }  # fmt: skip
    sha256 = content_hash(content)
    kept.sign(
        session, ulp=ulp, blth=blth, content=content, sha256=sha256,
        pdf=draw_summary(content, sha256), signer_name=signer["name"],
        signer_position=signer["position"], signed_by=who, signed_at=at,
    )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="month signed", after={"blth": blth, "sha256": sha256})  # fmt: skip
    return sha256


def close_month(
    session: Session, home: Path, ulp: str, blth: str, files: Sequence[bytes], *, who: str,
    at: datetime,
) -> str:  # fmt: skip
    """Close a month with the scan of its signed page; nothing of its summary changes after it.

    Raises
    ------
    UsageError
        If the month is closed already, nobody signed it, or a file is no scan.
    """
    kept.one_signer(session, ulp=ulp, blth=blth)
    _refuse_closed(session, ulp, blth)
    signed = kept.signatures(session, ulp=ulp, blth=blth)
    if not signed:
        raise UsageError("sign the summary first, then scan its paper",
                         "tanda tangani ringkasannya dulu, lalu pindai kertasnya")  # fmt: skip
    store = scans(home, ulp)
    sha256, beside = store.write(clean_scan(files), ".pdf")
    kept.close(
        session, ulp=ulp, blth=blth, signed_id=signed[0].signed_id, scan_sha256=sha256,
        closed_by=who, closed_at=at,
    )  # fmt: skip
    store.name([] if beside is None else [beside])
    log_command(session, who=who, ulp=ulp, command="month closed", after={"blth": blth, "sha256": sha256})  # fmt: skip
    return sha256


def closing_scan(home: Path, ulp: str, closed: MonthClosed | None) -> bytes:
    """Return the scan that closed a month; raises `NotThere`."""
    path = scans(home, ulp).path(closed.scan_sha256 if closed else "-", ".pdf")
    if closed is None or not path.is_file():
        raise NotThere("this month has no signed scan yet", "bulan ini belum punya pindaian bertanda tangan")  # fmt: skip
    return path.read_bytes()


def scans(home: Path, ulp: str) -> PhotoStore:
    """Return where the scans of a unit's months lie."""
    return PhotoStore(home / "months" / ulp)


def seen_hash(told: list[Sentence]) -> str:
    """Return what a form carries of the sentences that somebody reads."""
    return content_hash({"sentences": [vars(s) for s in told]})


def _reading(session: Session, ulp: str, blth: str, on: date) -> Figures:
    try:
        status = reading_status(session, ulp, blth, on=on)
    except NothingToDo:
        return {"read": None, "day": None}
    t, states = status.totals, status.states
    return {
        "read": {n: t[n] for n in ("read", "customers", "unread")},
        "day": {"late": states.get(ReadState.LATE.value, 0), "rbms": int((status.rows.index != NO_SCHEDULE).sum()), "other_day": t["other_day"]},
    }  # fmt: skip


def _questions(session: Session, ulp: str, blth: str, without: Collection[str]) -> Figures | None:
    try:
        found = kept_consistency(session, ulp, blth, without=without)
    except NothingToDo:
        return None
    if blth not in found.facts.index.get_level_values("blth"):
        return None
    mine = found.questions[found.questions["blth"] == blth]
    return {"open": int(mine["verdict"].isna().sum()), "asked": len(mine)}


def _stands(session: Session, ulp: str, blth: str) -> Figures | None:
    kept_lines = stands_kept(session, ulp, blth)
    if kept_lines is not None and len(kept_lines):
        return {"open": open_lines(session, ulp, blth, kept_lines), "to_decide": len(kept_lines)}
    try:
        desk = stand_desk(session, ulp, blth)
    except NothingToDo:
        return None
    return {"open": len(desk.open), "to_decide": len(desk.lines)}


def _looked(checks: pd.DataFrame) -> Figures | None:
    if checks.empty:
        return None
    return {"seen": int(checks["seen"].sum()), "other": int(checks["wrong"].sum())}


def _handoff(session: Session, ulp: str, version_id: int | None) -> Figures | None:
    if version_id is None:
        return None
    mine = [d for d in deeds.summaries(session, ulp=ulp) if d["version_id"] == version_id]
    signed = sum(d["signed_at"] is not None for d in mine)
    return {"version": str(version_id), "deeds": len(mine), "signed": signed}


def _kwh(session: Session, ulp: str, blth: str) -> Figures | None:
    """Return the kWh of a month and of the same one of last year, as the page of energy sums them."""
    both = (blth, month_before(blth, 12))
    months = [m for m in both if board.has_kwh(session, ulp=ulp, blth=m)]
    if blth not in months:
        return None
    kwh = {m: str(board.kwh_of_source(session, ulp=ulp, months=[m])) for m in months}
    return {"kwh": kwh[blth], "before": kwh.get(month_before(blth, 12))}


def _refuse_closed(session: Session, ulp: str, blth: str) -> None:
    if kept.closed(session, ulp=ulp, blth=blth) is not None:
        raise UsageError(
            f"month {blth} is closed by its signed scan; what differs since stands beside it",
            f"bulan {blth} sudah ditutup dengan pindaian bertanda tangan; yang berubah sesudahnya tampil di sampingnya",
        )


def _line(text: str) -> str:
    said = " ".join(text.split())
    if not said or len(said) > LINE:
        raise UsageError(f"write name and position, up to {LINE} letters each",
                         f"tulis nama dan jabatan, masing-masing sampai {LINE} huruf")  # fmt: skip
    return said

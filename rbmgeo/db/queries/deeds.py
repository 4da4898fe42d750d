"""Deeds of hand-over: the next number, keep, list, sign."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session, undefer

from rbmgeo.db.models import HandoverDeed
from rbmgeo.errors import NotAllowed, NotThere


def next_number(session: Session, *, ulp: str, year: int) -> int:
    """Return the next number of a deed; nobody else gets it before this work is kept."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('deed:' || :ulp))"), {"ulp": ulp})
    found = session.scalar(
        text("SELECT COALESCE(max(number), 0) + 1 FROM handover_deed WHERE ulp = :ulp AND year = :year"),
        {"ulp": ulp, "year": year},
    )  # fmt: skip
    return int(found or 1)


def add(session: Session, *, ulp: str, **values: Any) -> None:
    """Keep a deed as it is issued."""
    session.execute(insert(HandoverDeed).values(ulp=ulp, **values))


def deeds(session: Session, *, ulp: str, version_id: int | None = None) -> list[HandoverDeed]:
    """Return the deeds of a unit (without their files), newest number first."""
    query = select(HandoverDeed).where(HandoverDeed.ulp == ulp)
    if version_id is not None:
        query = query.where(HandoverDeed.version_id == version_id)
    newest = (HandoverDeed.year.desc(), HandoverDeed.number.desc())
    return list(session.scalars(query.order_by(*newest)))


def summaries(session: Session, *, ulp: str) -> list[dict[str, Any]]:
    """Return the deeds of a unit as a list shows them, newest number first, without their content.

    Keys ``year``, ``number``, ``full_number``, ``rbm``, ``blth``, ``version_id``, ``customers``,
    ``kwh`` (None where nothing was read), ``sha256``, ``signed_by``, ``signed_at``.
    """
    rows = session.execute(
        text(
            "SELECT year, number, full_number, rbm, blth, version_id, "
            "(content ->> 'customers')::int AS customers, (content ->> 'kwh')::numeric AS kwh, "
            "sha256, signed_by, signed_at FROM handover_deed WHERE ulp = :ulp "
            "ORDER BY year DESC, number DESC"
        ),
        {"ulp": ulp},
    ).mappings()
    return [dict(r) for r in rows]


def deed(
    session: Session, *, ulp: str, year: int, number: int, files: bool = False
) -> HandoverDeed:
    """Return one deed, with its files if asked for; raises `NotThere`."""
    query = select(HandoverDeed).where(
        HandoverDeed.ulp == ulp, HandoverDeed.year == year, HandoverDeed.number == number
    )
    if files:
        query = query.options(undefer(HandoverDeed.pdf), undefer(HandoverDeed.xlsx))
    found = session.scalar(query)
    if found is None:
        raise NotThere(
            f"deed {number} of {year} was not issued in unit {ulp}; choose one of the list",
            f"berita acara {number} tahun {year} belum diterbitkan di unit {ulp}; pilih dari daftar",
        )
    return found


def files_of(session: Session, *, ulp: str, version_id: int) -> list[tuple[str, str, bytes, bytes]]:
    """Return full number, RBM, PDF and workbook of each deed of a version, by RBM and number."""
    rows = session.execute(
        text(
            "SELECT full_number, rbm, pdf, xlsx FROM handover_deed "
            "WHERE ulp = :ulp AND version_id = :v ORDER BY rbm, year, number"
        ),
        {"ulp": ulp, "v": version_id},
    )
    return [(r.full_number, r.rbm, bytes(r.pdf), bytes(r.xlsx)) for r in rows]


def sign(
    session: Session, *, ulp: str, year: int, number: int, sha256: str, who: str, at: datetime
) -> None:
    """Close a deed with its signed scan; raises `NotAllowed` for one that is closed."""
    done = session.execute(
        text(
            "UPDATE handover_deed SET signed_sha256 = :s, signed_by = :who, signed_at = :at "
            "WHERE ulp = :ulp AND year = :y AND number = :n AND signed_at IS NULL RETURNING number"
        ),
        {"ulp": ulp, "y": year, "n": number, "s": sha256, "who": who or "-", "at": at},
    )
    if done.scalar() is None:
        raise NotAllowed(
            f"deed {number} of {year} is signed and closed; issue a further one",
            f"berita acara {number} tahun {year} sudah ditandatangani dan tertutup; terbitkan yang baru",
        )

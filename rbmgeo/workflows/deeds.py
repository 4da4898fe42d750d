"""SOP IV.7: issue the deed of each RBM of a published version, and close it by its signed scan."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import HandoverDeed, RbmVersion, Ulp
from rbmgeo.db.queries import deeds as kept
from rbmgeo.db.queries import handoff as handed
from rbmgeo.db.queries import lists, mutation_facts, units, versions
from rbmgeo.db.queries import sheets as places
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, NotThere
from rbmgeo.geo import degrees_of_metres, metres_xy, to_metres
from rbmgeo.handoff.deeds import ENTERED, LEFT, UNKNOWN, DeedTables, deed_tables
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.intake.scans import clean_scan
from rbmgeo.labels.spelled import MONTHS, ROMAN, day_in_words, spelled
from rbmgeo.reports.tables import xlsx_bytes
from rbmgeo.routes.design import UNPLACED
from rbmgeo.settings import UnitSettings
from rbmgeo.sheets.deed import SAID, Deed, DeedMap, draw_deed
from rbmgeo.verification.words import short
from rbmgeo.workflows.deed_checks import summary_of, verification_rows
from rbmgeo.workflows.handoff import published
from rbmgeo.workflows.verification import Standing, standing

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Issued:
    """What was issued: how many new deeds, how many were there before, customers and kWh of all."""

    deeds: int
    known: int
    customers: int
    kwh: Decimal | None
    first: str
    last: str


@dataclass
class _Whole:
    """What the deeds of one version share."""

    unit: Ulp
    settings: UnitSettings
    version: RbmVersion
    blth: str
    source_blth: str
    members: pd.DataFrame
    source: pd.DataFrame
    gardu: pd.DataFrame
    kwh: pd.Series
    kwh_blth: str | None
    points: pd.DataFrame
    sites: pd.DataFrame
    verified: dict[str, Standing]


def issue_deeds(
    session: Session, ulp: str, blth: str, *, on: date, who: str, version_id: int | None = None,
    rbm: str = "", anew: bool = False, address: str = "", progress: Progress | None = None,
) -> Issued:  # fmt: skip
    """Issue the deed of every RBM of a published version (or of one), dated ``on``.

    An RBM of the version that has a deed for the month keeps it; only ``anew`` issues a
    further one. The caller commits.
    """
    whole = _load(session, ulp, blth, version_id)
    codes = [c for c in sorted(whole.members["rbm"].unique()) if c != UNPLACED]
    if rbm and rbm not in codes:
        raise NotThere(
            f"RBM {rbm} is not in version {whole.version.version_id}",
            f"RBM {rbm} tidak ada di versi {whole.version.version_id}",
        )
    codes = [rbm] if rbm else codes
    key = (whole.version.version_id, blth)
    known_deeds = [] if anew else kept.summaries(session, ulp=ulp)
    there = {d["rbm"] for d in known_deeds if (d["version_id"], d["blth"]) == key}
    made: list[tuple[str, DeedTables]] = []
    for number, code in enumerate(codes):
        if progress:
            progress("menerbitkan berita acara / issuing deeds", number, len(codes))
        if code not in there:
            made.append(_issue(session, whole, code, on=on, who=who, address=address))
    known = [t.kwh for _, t in made if t.kwh is not None]
    done = Issued(
        len(made), len(codes) - len(made), sum(len(t.customers) for _, t in made),
        sum(known, Decimal(0)) if known else None,
        made[0][0] if made else "", made[-1][0] if made else "",
    )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="deeds", after={
        "version_id": whole.version.version_id, "blth": blth, "deeds": done.deeds,
    })  # fmt: skip
    return done


def sign_deed(
    session: Session, home: Path, ulp: str, year: int, number: int, files: Sequence[bytes], *,
    who: str, at: datetime,
) -> str:  # fmt: skip
    """Close a deed with its signed scan (photos or PDF, taken in page by page); return its hash."""
    kept.deed(session, ulp=ulp, year=year, number=number)
    store = scans(home, ulp)
    sha256, beside = store.write(clean_scan(files), ".pdf")
    kept.sign(session, ulp=ulp, year=year, number=number, sha256=sha256, who=who, at=at)
    store.name([] if beside is None else [beside])
    log_command(
        session, who=who, ulp=ulp, command="deed sign",
        after={"year": year, "number": number, "sha256": sha256},
    )  # fmt: skip
    return sha256


def signed_scan(home: Path, found: HandoverDeed) -> bytes:
    """Return the signed scan of a deed; raises `NotThere` where it has none."""
    path = scans(home, found.ulp).path(found.signed_sha256 or "-", ".pdf")
    if found.signed_sha256 is None or not path.is_file():
        raise NotThere(
            f"deed {found.full_number} has no signed scan yet",
            f"berita acara {found.full_number} belum punya pindaian bertanda tangan",
        )
    return path.read_bytes()


def scans(home: Path, ulp: str) -> PhotoStore:
    """Return where the signed scans of a unit lie."""
    return PhotoStore(home / "deeds" / ulp)


def _load(session: Session, ulp: str, blth: str, version_id: int | None) -> _Whole:
    version = published(session, ulp, blth, version_id)
    unit = units.unit(session, ulp=ulp)
    known = [m for m in mutation_facts.list_months(session, ulp=ulp) if m <= blth]
    if not known:
        raise NothingToDo(
            f"unit {ulp} has no list of {blth} or before; there is nothing to compare with",
            f"unit {ulp} belum punya daftar bulan {blth} atau sebelumnya untuk dibandingkan",
        )
    facts = handed.reader_facts(session, ulp=ulp, blth=blth)
    points = lists.customers(session, ulp=ulp, srid=unit.utm_srid)
    at = pd.DataFrame({"x": points.geometry.x, "y": points.geometry.y}, index=points.index)
    box = (-180.0, -90.0, 180.0, 90.0)
    sites = places.gardu_within(session, ulp=ulp, box=box, codes=[])
    if unit.utm_srid and len(sites):
        sites["x"], sites["y"] = metres_xy(sites["lon"].astype(float), sites["lat"].astype(float), unit.utm_srid)  # fmt: skip
    members = versions.members(session, ulp=ulp, version_id=version.version_id)
    gardu = handed.gardu_said(session, ulp=ulp, blth=known[-1])
    codes = sorted(set(gardu["gardu_after"].dropna()))
    return _Whole(
        unit, units.unit_settings(session, ulp=ulp), version, blth, known[-1],
        members, handed.source_list(session, ulp=ulp, blth=known[-1]), gardu, facts["kwh_before"],
        handed.month_read_before(session, ulp=ulp, blth=blth), at, sites,
        standing(session, ulp, codes),
    )  # fmt: skip


def _issue(
    session: Session, whole: _Whole, rbm: str, *, on: date, who: str, address: str
) -> tuple[str, DeedTables]:
    ulp = whole.unit.ulp
    tables = deed_tables(rbm, whole.members, whole.source, whole.gardu, whole.kwh)
    number = kept.next_number(session, ulp=ulp, year=on.year)
    full = whole.settings.deed_number.format(
        number=number, ulp=ulp, month=ROMAN[on.month - 1], year=on.year
    )
    xlsx = _workbook(whole, rbm, full, tables)
    content = _content(whole, rbm, full, on, tables, hashlib.sha256(xlsx).hexdigest())
    said = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sha256 = hashlib.sha256(said.encode()).hexdigest()
    link = f"{address.rstrip('/')}/{ulp}/{whole.blth}/berita-acara/{on.year}/{number}" if address else f"rbmgeo {full} {sha256}"  # fmt: skip
    pdf = draw_deed(Deed(content, sha256, link, _ground(session, whole, tables)))
    kept.add(
        session, ulp=ulp, year=on.year, number=number, full_number=full,
        version_id=whole.version.version_id, blth=whole.blth, rbm=rbm, dated_on=on,
        content=content, sha256=sha256, pdf=pdf, xlsx=xlsx, made_by=who or "-",
    )  # fmt: skip
    return full, tables


def _content(
    whole: _Whole, rbm: str, full: str, on: date, tables: DeedTables, xlsx_sha256: str
) -> dict[str, Any]:
    """Return all that a deed says, as plain data: what is hashed and printed."""
    s, unit, version = whole.settings, whole.unit, whole.version
    table = tables.per_gardu
    total = table[["before", "entered", "left", "after", "renumbered"]].sum()
    kwh_month = f"periode {_period(whole.kwh_blth)}" if whole.kwh_blth else "–"
    n = int(total["after"])
    checks = _checks(whole, table)
    found = _annex(whole, checks)
    said = {"verification": found} if found else {}
    return {
        "number": full, "ulp": unit.ulp, "unit": unit.name, "up3": unit.up3, "sample": unit.sample,
        "rbm": rbm, "blth": whole.blth, "version": version.content_of or version.version_id,
        "dated": f"{on.day} {MONTHS[on.month - 1]} {on.year}", "place": s.deed_place or unit.name,
        "opening": s.deed_opening or f"Pada hari ini, {day_in_words(on)}, kami yang bertanda tangan di bawah ini:",
        "parties": [
            {"called": "PIHAK PERTAMA", "name": s.deed_giver_name, "position": s.deed_giver_position},
            {"called": "PIHAK KEDUA", "name": s.deed_receiver_name, "position": s.deed_receiver_position},
        ],
        "matter": (
            f"PIHAK PERTAMA menyerahkan dan PIHAK KEDUA menerima data hasil pemutakhiran RBM {rbm} "
            f"per gardu, sebanyak {_n(n)} ({spelled(n)}) pelanggan, dengan rincian sebagai berikut."
        ),
        "facts": [
            ["RBM", rbm], ["Berlaku mulai", f"periode {_period(version.effective_blth or whole.blth)}"],
            ["Versi", f"{version.content_of or version.version_id}"],
            ["Dibandingkan dengan", f"daftar sumber periode {_period(whole.source_blth)}"],
            ["Pelanggan yang berubah", _n(len(tables.changes))],
            ["Hasil uji petik (SOP IV.6)", summary_of(checks)],
        ],
        "per_gardu": [
            [str(g), *(_n(r[c]) for c in ("before", "entered", "left", "after", "renumbered")),
             _kwh(r["kwh"]), checks.get(str(g), "–")]
            for g, r in table.iterrows()
        ],
        "total": ["Jumlah", *(_n(total[c]) for c in ("before", "entered", "left", "after", "renumbered")), _kwh(tables.kwh), ""],
        "kwh": None if tables.kwh is None else str(tables.kwh), "customers": n,
        "kwh_words": (
            f"Sebelum + masuk − keluar = sesudah, pada tiap gardu; pindah gardu dihitung keluar dari yang lama dan masuk ke yang baru. "
            f"kWh: bacaan {kwh_month}, kWh terjual, bukan susut."
        ),
        "closing": s.deed_closing or (
            "Demikian berita acara ini dibuat dengan sebenarnya dalam rangkap 2 (dua) untuk "
            "dipergunakan sebagaimana mestinya."
        ),
        "annexes": [
            "Peta RBM sebelum dan sesudah.", f"Daftar perubahan, {_n(len(tables.changes))} pelanggan.",
            f"Berkas Excel daftar pelanggan, {_n(n)} baris, sha256 {xlsx_sha256}.",
            *(["Hasil uji petik di gardu (SOP IV.6)."] if found else []),
        ],
        **said,
        "before_words": f"Sebelum: daftar sumber periode {_period(whole.source_blth)}, {_n(total['before'])} pelanggan",
        "after_words": f"Sesudah: versi {version.content_of or version.version_id}, {_n(n)} pelanggan",
        "changes": [
            {"idpel": str(i), "change": r["change"], "before": _place(r, "before"), "after": _place(r, "after")}
            for i, r in tables.changes.iterrows()
        ],
    }  # fmt: skip


def _annex(whole: _Whole, checks: dict[str, str]) -> list[dict[str, Any]]:
    mine = {g: whole.verified[g] for g in checks if g in whole.verified}
    return verification_rows(mine, zone=whole.unit.time_zone)


def _checks(whole: _Whole, table: pd.DataFrame) -> dict[str, str]:
    """Return the result of each gardu that the RBM has customers of, in short."""
    known = whole.verified
    return {
        str(g): short(known[str(g)].told, known[str(g)].state) if str(g) in known else short(None, None)
        for g, after in table["after"].items() if after
    }  # fmt: skip


def _place(row: Any, when: str) -> str:
    """Write a customer's place before or after: RBM, urut, gardu."""
    rbm, urut, sisipan, gardu = (row[f"{n}_{when}"] for n in ("rbm", "urut", "sisipan", "gardu"))
    if pd.isna(rbm):
        return "–"
    place = "" if pd.isna(urut) else f", {int(urut)}" + (f".{int(sisipan)}" if sisipan and not pd.isna(sisipan) else "")  # fmt: skip
    return f"{rbm}{place}" + ("" if pd.isna(gardu) else f", {gardu}")


def _workbook(whole: _Whole, rbm: str, full: str, tables: DeedTables) -> bytes:
    checks = _checks(whole, tables.per_gardu)
    table = tables.per_gardu.reset_index().rename(columns={
        "before": "sebelum", "entered": "masuk", "left": "keluar", "after": "sesudah",
        "renumbered": "ganti_nomor",
    })  # fmt: skip
    changes = [
        {"idpel": str(i), "perubahan": SAID[r["change"]], "sebelum": _place(r, "before"), "sesudah": _place(r, "after")}
        for i, r in tables.changes.iterrows()
    ]  # fmt: skip
    sheets = {
        "Per gardu": table.assign(uji_petik=table["gardu"].map(checks).fillna("–")),
        "Pelanggan": tables.customers.reset_index(),
        "Perubahan": pd.DataFrame(changes, columns=["idpel", "perubahan", "sebelum", "sesudah"]),
    }
    found = _annex(whole, checks)
    if found:
        sheets["Uji petik"] = pd.DataFrame(found)
    title = f"Berita acara {full}, RBM {rbm}, periode {_period(whole.blth)}"
    return xlsx_bytes(sheets, title=title, sample=whole.unit.sample)


def _ground(session: Session, whole: _Whole, tables: DeedTables) -> DeedMap | None:
    if whole.unit.utm_srid is None:
        return None
    changes = tables.changes["change"] if len(tables.changes) else pd.Series(dtype="str")
    after = whole.points.reindex(tables.customers.index).dropna()
    gone = changes.index[changes == LEFT]
    entered = changes.index[changes == ENTERED]
    was = tables.customers.index.difference(entered).union(gone)
    before = whole.points.reindex(was).dropna()
    both = np.vstack([before.to_numpy(dtype=float), after.to_numpy(dtype=float)])
    if not len(both):
        return None
    low, high = both.min(axis=0), both.max(axis=0)
    more = 60 + 0.4 * float((high - low).max())
    corners = degrees_of_metres([low[0] - more, high[0] + more], [low[1] - more, high[1] + more], whole.unit.utm_srid)  # fmt: skip
    (west, south), (east, north) = corners.tolist()
    box = (west, south, east, north)
    streets = places.lines_within(session, ulp=whole.unit.ulp, table="street", box=box)
    codes = set(tables.per_gardu.index) - {UNKNOWN}
    sites = whole.sites[whole.sites["gardu"].isin(codes)] if len(whole.sites) else whole.sites
    return DeedMap(
        before.to_numpy(dtype=float), after.to_numpy(dtype=float), after.index.isin(entered),
        before.index.isin(gone), to_metres(streets, whole.unit.utm_srid), sites,
    )  # fmt: skip


def _period(blth: str) -> str:
    return f"{blth[4:]}{blth[:4]}"


def _n(value: Any) -> str:
    return f"{int(value):,}".replace(",", ".")


def _kwh(value: Any) -> str:
    if value is None or value != value:
        return "–"
    digits = max(0, -int(Decimal(value).normalize().as_tuple().exponent))
    return f"{Decimal(value):,.{digits}f}".translate(str.maketrans(",.", ".,"))

"""SOP IV.7: hand a published version over, byte for byte the same again, and close the loop."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import Handoff, RbmVersion
from rbmgeo.db.queries import handoff as kept
from rbmgeo.db.queries import mutation_facts, units, versions
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo, NotThere, UsageError
from rbmgeo.handoff.check import check
from rbmgeo.handoff.tables import changes, readers_list, whole
from rbmgeo.reports.handoff import OutFile, side_file, written
from rbmgeo.reports.layouts import chosen
from rbmgeo.terms import Returned, VersionState
from rbmgeo.workflows.routes import targets_ulp

KINDS = ("cater", "ap2t")


@dataclass(frozen=True)
class HandedOver:
    """What was handed over, or given again as it was (``again``).

    ``stale`` says that the same version would give other files now, since data beside it
    (stands, calendar, records) came in after the hand-over.
    """

    handoff_id: int
    ulp: str
    kind: str
    blth: str
    version_id: int | None
    files: list[OutFile]
    rows: int
    kwh: Decimal | None
    sha256: str
    again: bool
    stale: bool
    changes: dict[str, int]


@dataclass(frozen=True)
class Checked:
    """What became of the changes of one hand-off when the source's next list came."""

    handoff: Handoff
    blth: str
    counts: dict[str, int]
    rows: pd.DataFrame

    @property
    def applied(self) -> int:
        """Changes that stand in the returned list."""
        return self.counts.get(Returned.APPLIED.value, 0)


def hand_over(
    session: Session, ulp: str, kind: str, blth: str, *, who: str, version_id: int | None = None,
    family: str = "umum", shape: str = "csv", anew: bool = False,
) -> HandedOver:  # fmt: skip
    """Hand a published version over for a month, and keep what was given.

    The same version, month, profile and shape again give the very same bytes (R-CH-04); only
    ``anew`` makes a further hand-off of what is known now. The caller commits.
    """
    if kind not in KINDS:
        raise UsageError(f"{kind!r} is none of {KINDS}", f"{kind!r} bukan {KINDS}")
    version = published(session, ulp, blth, version_id)
    before = _same(session, ulp, kind, blth, version.version_id, family, shape)
    files, facts, changed = _made(session, ulp, kind, blth, version, family, shape)
    whole_hash = files[-1].sha256
    if before is not None and not anew:
        return given_again(session, before, stale=before.sha256 != whole_hash)
    if before is not None and before.sha256 == whole_hash:
        return given_again(session, before, stale=False)
    total = files[-1]
    handoff_id = kept.add_handoff(
        session, ulp=ulp, kind=kind, layout=family, shape=shape, blth=blth,
        version_id=version.version_id, source_blth=facts.get("source_blth"), sha256=whole_hash,
        rows=total.rows, kwh=total.kwh, handed_by=who or "-", changes=changed,
        files=[
            {"file_name": f.name, "rows": f.rows, "kwh": f.kwh, "sha256": f.sha256,
             "content": f.content}
            for f in files
        ],
    )  # fmt: skip
    log_command(
        session, who=who, ulp=ulp, command=f"handoff {kind}",
        after={"handoff": handoff_id, "version_id": version.version_id, "sha256": whole_hash},
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return HandedOver(
        handoff_id, ulp, kind, blth, version.version_id, files, total.rows, total.kwh, whole_hash,
        again=False, stale=False, changes=facts.get("changes", {}),
    )  # fmt: skip


def given(session: Session, ulp: str, handoff_id: int) -> HandedOver:
    """Return an earlier hand-off, byte for byte."""
    found = next((h for h in kept.handoffs(session, ulp=ulp) if h.handoff_id == handoff_id), None)
    if found is None:
        raise NotThere(
            f"hand-off {handoff_id} is not in unit {ulp}",
            f"serah terima {handoff_id} tidak ada di unit {ulp}",
        )
    return given_again(session, found, stale=False)


def check_handoff(session: Session, ulp: str, blth: str = "") -> Checked:
    """Compare the newest hand-off to AP2T with the next list that came back (R-CH-05).

    ``blth`` is the month of the hand-off, or of the list that is to be checked.

    Raises
    ------
    NothingToDo
        If nothing was handed over, or the next list has not been imported yet.
    """
    found = [h for h in kept.handoffs(session, ulp=ulp, kind="ap2t") if not blth or h.blth <= blth]
    if not found:
        raise NothingToDo(
            f"nothing was handed over to AP2T by {blth or 'now'}; run `rbmgeo handoff ap2t`",
            f"belum ada yang diserahkan ke AP2T sampai {blth or 'sekarang'}; jalankan "
            "`rbmgeo handoff ap2t`",
        )
    handoff = found[0]
    source = handoff.source_blth or handoff.blth
    after = [m for m in mutation_facts.list_months(session, ulp=ulp) if m > source]
    if blth > handoff.blth and blth in after:
        after = [blth]
    if not after:
        raise NothingToDo(
            f"hand-off {handoff.handoff_id} started from the list of {source}; import the DPM of "
            "a later month, then check",
            f"serah terima {handoff.handoff_id} berangkat dari daftar {source}; impor DPM bulan "
            "sesudahnya, lalu periksa",
        )
    handed = kept.handed_changes(session, ulp=ulp, handoff_id=handoff.handoff_id)
    returned = kept.source_list(session, ulp=ulp, blth=after[0])
    rows = handed.join(check(handed, returned))
    counts = {s.value: int((rows["state"] == s.value).sum()) for s in Returned}
    return Checked(handoff, after[0], counts, rows)


def published(session: Session, ulp: str, blth: str, version_id: int | None) -> RbmVersion:
    """Return the published version named, or in force in a month; a draft is refused."""
    if not (len(blth) == 6 and blth.isdigit() and 1 <= int(blth[4:]) <= 12):
        raise UsageError(f"month {blth!r}: write YYYYMM", f"bulan {blth!r}: tulis YYYYMM")
    number = version_id or versions.in_force(session, ulp=ulp, blth=blth)
    if number is None:
        raise NothingToDo(
            f"unit {ulp} has no version in force in {blth}; publish a draft with "
            f"`rbmgeo publish --blth {blth}`",
            f"unit {ulp} belum punya versi yang berlaku pada {blth}; terbitkan draf dengan "
            f"`rbmgeo publish --blth {blth}`",
        )
    found = versions.version(session, ulp=ulp, version_id=number)
    if found.state != VersionState.PUBLISHED:
        raise NotAllowed(
            f"version {number} is a draft and may change; publish it before handing it over",
            f"versi {number} masih draf dan bisa berubah; terbitkan sebelum diserahkan",
        )
    return found


def _same(
    session: Session, ulp: str, kind: str, blth: str, version_id: int, family: str, shape: str
) -> Handoff | None:
    wanted = (version_id, blth, family, shape)
    return next(
        (
            h
            for h in kept.handoffs(session, ulp=ulp, kind=kind)
            if (h.version_id, h.blth, h.layout, h.shape) == wanted
        ),
        None,
    )


def given_again(session: Session, before: Handoff, *, stale: bool) -> HandedOver:
    """Return a kept hand-off byte for byte; ``stale`` says that it would be another now."""
    files = [
        OutFile(f["file_name"], f["content"], f["rows"], f["kwh"], f["sha256"])
        for f in kept.files_of(session, ulp=before.ulp, handoff_id=before.handoff_id)
    ]
    handed = kept.handed_changes(session, ulp=before.ulp, handoff_id=before.handoff_id)
    counts = {str(k): int(v) for k, v in handed["change"].value_counts().sort_index().items()}
    # The side file, whose hash stands for the whole, is the last as it was at first.
    files.sort(key=lambda f: f.sha256 == before.sha256)
    return HandedOver(
        before.handoff_id, before.ulp, before.kind, before.blth, before.version_id, files,
        before.rows, before.kwh, before.sha256, again=True, stale=stale, changes=counts,
    )  # fmt: skip


def _made(
    session: Session, ulp: str, kind: str, blth: str, version: RbmVersion, family: str, shape: str
) -> tuple[list[OutFile], dict[str, Any], pd.DataFrame | None]:
    members = versions.members(session, ulp=ulp, version_id=version.version_id)
    facts: dict[str, Any] = {
        "kind": kind, "ulp": ulp, "blth": blth, "version": version.content_of or version.version_id,
        "effective_blth": version.effective_blth, "profile": family, "shape": shape,
    }  # fmt: skip
    changed = None
    if kind == "cater":
        tables = {"list": _readers(session, ulp, blth, members)}
    else:
        source_blth = _source_month(session, ulp, blth)
        source = kept.source_list(session, ulp=ulp, blth=source_blth)
        gardu = kept.gardu_said(session, ulp=ulp, blth=source_blth)
        said = source[["rbm", "urut", "sisipan", "kddk"]]
        pattern = units.unit_settings(session, ulp=ulp).kddk_pattern
        changed = changes(members, gardu, said, kept.vendor_read(session, ulp=ulp), pattern)
        kwh = kept.reader_facts(session, ulp=ulp, blth=blth)[["kwh_before"]]
        full = whole(members, gardu, said, kwh.rename(columns={"kwh_before": "kwh"}), pattern)
        counts = changed["change"].value_counts().sort_index()
        facts |= {
            "source_blth": source_blth,
            "changes": {str(k): int(v) for k, v in counts.items()},
            "without_kddk": int(full["kddk"].isna().sum()),
        }
        tables = {"changes": changed.reset_index(), "full": full}
    files = []
    sample = units.unit_settings(session, ulp=ulp).sample
    for layout in chosen(kind, family):
        files += written(
            tables[layout.table], layout, ulp=ulp, blth=blth, shape=shape, sample=sample
        )
    facts["sample"] = sample
    side = side_file(files, f"RINGKASAN_{kind.upper()}_{ulp}_{blth}.json", facts)
    return [*files, side], facts, changed


def _readers(session: Session, ulp: str, blth: str, members: pd.DataFrame) -> pd.DataFrame:
    schedule = targets_ulp(session, ulp, blth)
    facts = kept.reader_facts(session, ulp=ulp, blth=blth)
    return readers_list(members, facts, schedule)


def _source_month(session: Session, ulp: str, blth: str) -> str:
    known = [m for m in mutation_facts.list_months(session, ulp=ulp) if m <= blth]
    if not known:
        raise NothingToDo(
            f"unit {ulp} has no list of {blth} or before; there is nothing to compare with",
            f"unit {ulp} belum punya daftar bulan {blth} atau sebelumnya untuk dibandingkan",
        )
    return known[-1]

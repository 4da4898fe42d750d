"""Mutasi bulan ini: find what changed, propose places, apply what a person accepts, undo it."""

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import MutationRow, Proposal, RbmVersion
from rbmgeo.db.queries import lists, mutation_facts, mutations, proposals, units, versions, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo, NotThere, UsageError
from rbmgeo.frames import RBM_MEMBERS
from rbmgeo.geo import coordinates
from rbmgeo.mutations.detect import Detected, Months, detect
from rbmgeo.mutations.place import Place, PlaceParams, from_list, propose
from rbmgeo.routes.codes import place_between
from rbmgeo.terms import Act, Mutation, ProposalState, ReadBy, Service, VersionState

Progress = Callable[[str, int, int], None]
_REASON_MOST = 500


@dataclass(frozen=True)
class MutationSummary:
    """What was found: counts by kind, and RBM that the new list does not have at all."""

    ulp: str
    blth: str
    blth_before: str
    kinds: dict[str, int]
    rows: int
    without_place: int
    rbm_missing: list[str]


@dataclass(frozen=True)
class Accepted:
    """What accepting did: mutations, rows of the draft that changed, and what was left out.

    ``elsewhere`` counts customers whose proposed place was taken meanwhile and who got the
    next one; ``left`` says of each mutation that was not accepted why.
    """

    ulp: str
    accepted: int
    changed: int
    version_id: int | None
    elsewhere: int = 0
    proposals: int = 0
    left: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Base:
    """What is worked on: the newest draft, else the newest published, else the list before."""

    version: RbmVersion | None
    members: pd.DataFrame


def month_of(session: Session, ulp: str, blth: str = "") -> tuple[str, str]:
    """Return the month asked for (the newest that has a list) and the one before it.

    Raises
    ------
    NothingToDo
        If there is no list of that month, or none before it to compare with.
    """
    months = mutation_facts.list_months(session, ulp=ulp)
    now = blth or (months[-1] if months else "")
    if now not in months:
        known = ", ".join(months) or "-"
        raise NothingToDo(
            f"unit {ulp} has no RBM list of {now or 'any month'}; import the DPM (months there: {known})",
            f"unit {ulp} belum punya daftar RBM {now or 'satu bulan pun'}; impor DPM "
            f"(bulan yang ada: {known})",
        )
    before = [m for m in months if m < now]
    if not before:
        raise NothingToDo(
            f"{now} is the first month of unit {ulp}: there is no list before it to compare with; "
            "import the DPM of the month before",
            f"{now} adalah bulan pertama unit {ulp}: belum ada daftar sebelumnya untuk dibandingkan; "
            "impor DPM bulan sebelumnya",
        )
    return now, before[-1]


def find_mutations(
    session: Session, ulp: str, blth: str = "", *, who: str = "", progress: Progress | None = None
) -> MutationSummary:
    """Compare a month with the one before and the master, and keep what was found, open.

    Nothing is applied. What was accepted before stays accepted; the caller commits.
    """
    tell = progress or (lambda step, done, total: None)
    now, before = month_of(session, ulp, blth)
    mutations.lock_mutations(session, ulp=ulp)
    tell("membandingkan / comparing", 0, 2)
    base = _base(session, ulp, before)
    months = _months(session, ulp, before, now, base)
    found = detect(months)
    tell("mengusulkan tempat / proposing places", 1, 2)
    rows = _with_places(session, ulp, found, months, base)
    mutations.keep_found(session, ulp=ulp, blth=now, rows=rows)
    mutations.show_to_other_unit(session, ulp=ulp, blth=now)
    kinds = {str(k): int(v) for k, v in rows["kind"].value_counts(sort=False).items()}
    asks = rows["act"].eq(Act.PLACE.value)
    summary = MutationSummary(
        ulp=ulp, blth=now, blth_before=before, kinds=kinds, rows=len(rows),
        without_place=int((asks & rows["urut"].isna()).sum()), rbm_missing=found.rbm_missing,
    )  # fmt: skip
    work.add_run(
        session, ulp=ulp, step="mutations", params={"blth": now, "blth_before": before},
        summary={"kinds": kinds, "rows": len(rows), "without_place": summary.without_place,
                 "rbm_missing": found.rbm_missing},
        who=who,
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    tell("mengusulkan tempat / proposing places", 2, 2)
    return summary


def accept(
    session: Session, ulp: str, mutation_ids: list[int], *, who: str, rbm: str = ""
) -> Accepted:
    """Apply what a person accepts to the draft; the caller commits.

    One mutation changes at most one row of the draft, and nobody else is renumbered. A place
    that was taken since it was proposed gives way to the next free one behind it. Those for
    whom no place could be proposed go to the end of ``rbm``, if the person names one.
    """
    if not who:
        raise UsageError("say who accepts", "sebutkan siapa yang menerima")
    mutations.lock_mutations(session, ulp=ulp)
    rows = mutations.locked(session, ulp=ulp, mutation_ids=sorted(set(mutation_ids)))
    left: dict[int, str] = {}
    good: list[MutationRow] = []
    for row in rows:
        reason = _not_acceptable(row, rbm)
        if reason:
            left[row.mutation_id] = reason
        else:
            good.append(row)
    if not good:
        return Accepted(ulp, 0, 0, None, left=left)
    version_id = None
    if any(row.act != Act.NOTE for row in good):
        version_id = ensure_draft(session, ulp, before=good[0].blth, who=who)
    if (
        rbm
        and version_id is not None
        and not versions.has_rbm(session, ulp=ulp, version_id=version_id, rbm=rbm)
    ):
        raise NotThere(
            f"RBM {rbm} is not in draft {version_id}; choose one of its RBM",
            f"RBM {rbm} tidak ada di draf {version_id}; pilih salah satu RBM-nya",
        )
    done = _apply(session, ulp, good, version_id, left, who, rbm)
    log_command(
        session, who=who, ulp=ulp, command="mutations accept",
        after={"version_id": version_id, "accepted": done.accepted, "changed": done.changed},
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return done


def accept_kind(session: Session, ulp: str, blth: str, kind: str, *, who: str) -> Accepted:
    """Accept every open mutation of a kind that can be accepted as it stands."""
    if kind not in set(Mutation):
        raise UsageError(
            f"{kind!r} is no kind of mutation; there are: {', '.join(Mutation)}",
            f"{kind!r} bukan jenis mutasi; yang ada: {', '.join(Mutation)}",
        )
    return accept(session, ulp, mutations.ready(session, ulp=ulp, blth=blth, kind=kind), who=who)


def undo(session: Session, ulp: str, mutation_id: int, *, who: str) -> int:
    """Take back an acceptance: the draft and the master as they were; return rows changed.

    History is kept: the undoing is a further decision.

    Raises
    ------
    NotAllowed
        If the draft was published, or the customer's place changed again, since.
    """
    mutations.lock_mutations(session, ulp=ulp)
    row = mutations.locked(session, ulp=ulp, mutation_ids=[mutation_id])[0]
    if row.state != "accepted":
        raise NotAllowed(
            f"mutation {mutation_id} is not accepted; there is nothing to undo",
            f"mutasi {mutation_id} belum diterima; tidak ada yang diurungkan",
        )
    told = mutations.last_acceptance(session, ulp=ulp, mutation_id=mutation_id)
    assert told is not None
    changed = _restore_place(session, ulp, row, told.version_id, told.before, told.after)
    was = told.before.get("service")
    if was and was != told.after.get("service"):
        mutations.set_service(session, ulp=ulp, rows={row.idpel: was})
    if told.proposal_id is not None:
        _withdraw(session, ulp, told.proposal_id, who)
    mutations.add_decisions(
        session, ulp=ulp,
        rows=[{"mutation_id": mutation_id, "decision": "undone", "version_id": told.version_id,
               "before": told.after, "after": told.before, "proposal_id": told.proposal_id,
               "decided_by": who or "-"}],
    )  # fmt: skip
    row.state = "open"
    session.flush()
    log_command(
        session, who=who, ulp=ulp, command="mutations undo", after={"mutation": mutation_id}
    )
    units.bump(session, ulp=ulp)
    return changed


def dismiss(session: Session, ulp: str, mutation_id: int, *, reason: str, who: str) -> None:
    """Put an open mutation aside ("abaikan"), with its reason; nothing else changes.

    A later look leaves it aside while the lists say the same of it.

    Raises
    ------
    UsageError
        Without a reason.
    NotAllowed
        If it is not open.
    """
    reason = reason.strip()[:_REASON_MOST]
    if not reason or not who:
        raise UsageError(
            "say why the mutation is dismissed, and who does it",
            "sebutkan alasan mutasi diabaikan, dan oleh siapa",
        )
    _turn(session, ulp, mutation_id, ("open", "dismissed"), "dismissed", reason, who)


def restore(session: Session, ulp: str, mutation_id: int, *, who: str) -> None:
    """Take a dismissal back: the mutation waits again; history is kept."""
    _turn(session, ulp, mutation_id, ("dismissed", "open"), "restored", None, who)


def _turn(
    session: Session, ulp: str, mutation_id: int, states: tuple[str, str], decision: str,
    reason: str | None, who: str,
) -> None:  # fmt: skip
    mutations.lock_mutations(session, ulp=ulp)
    row = mutations.locked(session, ulp=ulp, mutation_ids=[mutation_id])[0]
    if row.state != states[0]:
        raise NotAllowed(
            f"mutation {mutation_id} is {row.state}, it is not {states[0]}; look at the list again",
            f"mutasi {mutation_id} berkeadaan {row.state}, bukan {states[0]}; lihat lagi daftarnya",
        )
    mutations.add_decisions(
        session, ulp=ulp,
        rows=[{"mutation_id": mutation_id, "decision": decision, "version_id": None, "before": {},
               "after": {}, "proposal_id": None, "reason": reason, "decided_by": who or "-"}],
    )  # fmt: skip
    row.state = states[1]
    session.flush()
    log_command(
        session, who=who, ulp=ulp, command=f"mutations {decision}", after={"mutation": mutation_id}
    )
    units.bump(session, ulp=ulp)


def ensure_draft(session: Session, ulp: str, *, before: str, who: str) -> int:
    """Return the unit's current draft; make one of the published or existing order if none is."""
    newest = next(iter(versions.versions(session, ulp=ulp)), None)
    if newest is not None and newest.state == VersionState.DRAFT:
        return newest.version_id
    base = _base(session, ulp, _month_before(session, ulp, before))
    note = f"mutasi {before}"
    version_id = versions.add_draft(session, ulp=ulp, note=note, who=who)
    if base.version is not None:
        mutations.copy_version(session, ulp=ulp, from_id=base.version.version_id, to_id=version_id)
        made = versions.version(session, ulp=ulp, version_id=version_id)
        made.from_version_id = base.version.version_id
        session.flush()
        return version_id
    listed = lists.rbm_list(session, ulp=ulp, blth=_month_before(session, ulp, before))
    said = listed.groupby("rbm")[["hari_baca", "officer"]].agg(_most)
    routes = said.assign(customers=base.members.groupby("rbm").size())
    routes = routes[routes["customers"].notna()].astype({"customers": int})
    versions.replace_routes(
        session, ulp=ulp, version_id=version_id, routes=routes, members=base.members
    )
    return version_id


def _month_before(session: Session, ulp: str, blth: str) -> str:
    return max(m for m in mutation_facts.list_months(session, ulp=ulp) if m < blth)


def _most(column: pd.Series) -> object:
    said = column.dropna().mode()
    return said.iloc[0] if len(said) else None


def _base(session: Session, ulp: str, blth_before: str) -> _Base:
    known = versions.versions(session, ulp=ulp)
    # A draft older than what was published since is nobody's work any more.
    newest = known[0] if known else None
    if newest is not None:
        members = versions.members(session, ulp=ulp, version_id=newest.version_id)
        if len(members) or newest.state == VersionState.DRAFT:
            return _Base(newest, members)
    facts = mutation_facts.month_facts(session, ulp=ulp, blth=blth_before)
    listed = facts[facts["rbm"].notna()]
    return _Base(None, from_list(listed[["rbm", "urut", "sisipan"]]) if len(listed) else _nobody())


def _nobody() -> pd.DataFrame:
    return RBM_MEMBERS.empty().astype({"urut": int, "sisipan": int})


def _months(session: Session, ulp: str, before: str, now: str, base: _Base) -> Months:
    settings = units.unit_settings(session, ulp=ulp)
    was = mutation_facts.month_facts(session, ulp=ulp, blth=before)
    is_ = mutation_facts.month_facts(session, ulp=ulp, blth=now)
    came = list(is_.index.difference(was.index))
    left = list(was.index.difference(is_.index))
    claimed = mutation_facts.claims(session, ulp=ulp, blth=now)
    return Months(
        before=was, now=is_, blth_before=before, blth=now,
        customers=mutation_facts.master(session, ulp=ulp),
        placed=frozenset(base.members.index),
        earlier=mutation_facts.earlier_months(session, ulp=ulp, idpels=came, before=before),
        elsewhere=mutation_facts.elsewhere(
            session, ulp=ulp, idpels=sorted({*came, *left, *claimed})
        ).drop_duplicates("idpel"),
        meters=mutation_facts.meter_changes(session, ulp=ulp, blth=now),
        tokens=mutation_facts.token_buyers(session, ulp=ulp, blth=now),
        pln_over_va=settings.pln_read_over_va,
    )  # fmt: skip


def _with_places(
    session: Session, ulp: str, found: Detected, months: Months, base: _Base
) -> pd.DataFrame:
    """Add the proposed place, gardu and reasons to the rows that ask for a place."""
    extra = ("rbm", "urut", "sisipan", "after_idpel", "gardu", "next_step")
    rows: list[dict[str, Any]] = [
        {**dict.fromkeys(extra), **{str(k): v for k, v in row.items()}}
        for row in found.rows.to_dict("records")
    ]
    asking = sorted({str(row["idpel"]) for row in rows if row["act"] == Act.PLACE})
    places = _proposed(session, ulp, asking, months, base).to_dict("index") if asking else {}
    for row in rows:
        if row["act"] != Act.PLACE:
            continue
        proposed = places[row["idpel"]]
        row["evidence"] = [*row["evidence"], *proposed["evidence"]]
        stands = base.members["rbm"].get(row["idpel"])
        if stands is not None and stands == proposed["rbm"]:
            row["act"] = Act.NOTE.value  # already where it would be put
            row["evidence"].append({"key": "mutation.stays", "rbm": stands})
            continue
        row |= {n: None if pd.isna(proposed[n]) else proposed[n] for n in extra}
    return pd.DataFrame(rows, columns=[*found.rows.columns, *extra], dtype=object)


def _proposed(
    session: Session, ulp: str, idpels: list[str], months: Months, base: _Base
) -> pd.DataFrame:
    settings = units.unit_settings(session, ulp=ulp)
    unit = units.unit(session, ulp=ulp)
    customers = lists.customers(session, ulp=ulp, srid=unit.utm_srid)
    xy = coordinates(gpd.GeoSeries(customers["geometry"]))
    known = mutation_facts.lines_to_gardu(session, ulp=ulp).reindex(customers.index)
    known = known.assign(x=xy[:, 0], y=xy[:, 1])
    index = pd.Index(idpels, name="idpel")
    listed = months.now.reindex(index)
    newcomers = known.reindex(index).assign(
        rbm=listed["rbm"], urut=listed["urut"], sisipan=listed["sisipan"],
        list_gardu=listed["gardu"],
    )  # fmt: skip
    params = PlaceParams(plausible_m=settings.plausible_m, weak_m=settings.weak_m)
    return propose(newcomers, base.members, known, params)


def _not_acceptable(row: MutationRow, rbm: str) -> str:
    if row.state != "open":
        return "mutation.left_state"
    if row.act == Act.PLACE and row.urut is None and not rbm:
        return row.next_step or "mutation.help_point"
    return ""


def _apply(
    session: Session, ulp: str, good: list[MutationRow], version_id: int | None,
    left: dict[int, str], who: str, rbm: str = "",
) -> Accepted:  # fmt: skip
    idpels = [row.idpel for row in good]
    members = (
        mutation_facts.members_near(
            session,
            ulp=ulp,
            version_id=version_id,
            idpels=idpels,
            rbms=sorted({row.rbm for row in good if row.rbm} | {rbm}),
        )
        if version_id is not None
        else _nobody()
    )
    walks = _walks(members)
    old = {rbm: set(places) for rbm, places in walks.items()}
    service = mutation_facts.service_of(session, ulp=ulp, idpels=idpels)
    recorded = mutation_facts.recorded_gardu(session, ulp=ulp, idpels=idpels)
    removed: list[str] = []
    placed: dict[str, tuple[str, int, int]] = {}
    changed_service: dict[str, dict[str, Any]] = {}
    decided: list[dict[str, Any]] = []
    other = proposals = 0
    # Who leaves makes room before who comes.
    for row in sorted(good, key=lambda r: r.act != Act.REMOVE):
        stands = _stands(members, row.idpel)
        before = {"place": stands, "service": service.get(row.idpel)}
        after: dict[str, Any] = dict(before)
        if row.act == Act.REMOVE and stands is not None:
            removed.append(row.idpel)
            after["place"] = None
        if row.act == Act.PLACE:
            to_rbm = row.rbm if row.urut is not None else rbm
            assert to_rbm
            walk = walks.setdefault(to_rbm, [])
            place = (
                _free_place(
                    walk,
                    old.get(to_rbm, set()),
                    row,
                    _stands(members, row.after_idpel) if row.after_idpel else None,
                )
                if row.urut is not None
                else place_between(set(walk), max(walk, default=None), None)
            )
            if place is None:
                left[row.mutation_id] = "mutation.help_full"
                continue
            other += row.urut is not None and place != (row.urut, row.sisipan)
            insort(walk, place)
            if stands is not None:
                removed.append(row.idpel)
            placed[row.idpel] = (to_rbm, *place)
            after["place"] = [to_rbm, *place]
        new = _service_after(row, service.get(row.idpel))
        if new is not None and new != service.get(row.idpel):
            changed_service[row.idpel] = after["service"] = new
        proposal_id = None
        if row.gardu and row.act == Act.PLACE and row.idpel not in recorded:
            proposal_id = _propose_gardu(session, ulp, row, who)
            proposals += 1
        decided.append(
            {"mutation_id": row.mutation_id, "decision": "accepted", "version_id": version_id,
             "before": before, "after": after, "proposal_id": proposal_id, "decided_by": who}
        )  # fmt: skip
        row.state = "accepted"
    frame = pd.DataFrame.from_dict(placed, orient="index", columns=["rbm", "urut", "sisipan"])
    if version_id is not None:
        mutations.change_members(
            session, ulp=ulp, version_id=version_id, removed=removed,
            placed=frame.rename_axis("idpel"),
        )  # fmt: skip
    mutations.set_service(session, ulp=ulp, rows=changed_service)
    session.flush()
    mutations.add_decisions(session, ulp=ulp, rows=decided)
    changed = len(set(removed) | set(placed))
    return Accepted(ulp, len(decided), changed, version_id, other, proposals, left)


def _walks(members: pd.DataFrame) -> dict[str, list[Place]]:
    out: dict[str, list[Place]] = {}
    for rbm, urut, sisipan in members[["rbm", "urut", "sisipan"]].itertuples(index=False):
        out.setdefault(rbm, []).append((int(urut), int(sisipan)))
    return {rbm: sorted(places) for rbm, places in out.items()}


def _stands(members: pd.DataFrame, idpel: str) -> list[Any] | None:
    if idpel not in members.index:
        return None
    row: Any = members.loc[idpel]
    return [str(row["rbm"]), int(row["urut"]), int(row["sisipan"])]


def _free_place(
    walk: list[Place], old: set[Place], row: MutationRow, anchor: list[Any] | None
) -> Place | None:
    """Return the proposed place, or the next free one where the draft has moved on since.

    The walk may have been ordered anew: then the place follows the customer behind whom it
    was proposed (``anchor``). ``old`` are the places of the walk before this acceptance.
    """
    assert row.urut is not None
    wanted = (row.urut, row.sisipan or 0)
    behind: Place | None = None
    if anchor is not None and anchor[0] == row.rbm:
        behind = (int(anchor[1]), int(anchor[2]))
    at = bisect_left(walk, wanted)
    free = at == len(walk) or walk[at] != wanted
    # Others that were placed behind the same customer may lie between, nobody else.
    between = walk[bisect_left(walk, behind) + 1 : at] if behind else []
    follows = behind is None or (behind < wanted and not any(p in old for p in between))
    if free and follows:
        return wanted
    at = bisect_left(walk, wanted if follows or behind is None else behind)
    before = walk[at] if at < len(walk) else None
    after = walk[at + 1] if at + 1 < len(walk) else None
    return place_between(set(walk), before, after)


def _service_after(row: MutationRow, was: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what the master says of a customer once a mutation is accepted."""
    if was is None:
        return None
    if row.kind in (Mutation.HILANG, Mutation.PINDAH_UNIT):
        return {**was, "active": False}
    if row.kind == Mutation.KE_PRA:
        return {**was, "jenis_layanan": Service.PRA.value, "dibaca_oleh": ReadBy.TIDAK.value}
    if row.kind == Mutation.UBAH_DAYA and row.act == Act.REMOVE:
        return {**was, "dibaca_oleh": ReadBy.PLN.value}
    if row.kind == Mutation.UBAH_DAYA and row.act == Act.PLACE:
        return {**was, "dibaca_oleh": ReadBy.VENDOR.value}
    if row.act == Act.PLACE or row.kind == Mutation.BARU:
        return {**was, "active": True}
    return was


def _propose_gardu(session: Session, ulp: str, row: MutationRow, who: str) -> int:
    """Ask a second person for the gardu: a record is never made by a proposal alone (R-CH-02)."""
    made = Proposal(
        ulp=ulp, idpel=row.idpel, field="gardu", before=None, after=row.gardu,
        state=ProposalState.OPEN.value, proposed_by=who,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.proposal_id


def _withdraw(session: Session, ulp: str, proposal_id: int, who: str) -> None:
    it = proposals.proposal(session, ulp=ulp, proposal_id=proposal_id)
    if it.state == ProposalState.APPROVED:
        raise NotAllowed(
            f"its gardu was approved as proposal {proposal_id}; undo that first",
            f"gardunya sudah disetujui sebagai usulan {proposal_id}; urungkan itu lebih dulu",
        )
    if it.state in (ProposalState.OPEN, "conflict"):
        it.state = ProposalState.REJECTED.value
        proposals.add_approval(
            session, ulp=ulp, proposal_id=proposal_id, decision="rejected", who=who or "-",
            reason="mutasi diurungkan",
        )  # fmt: skip


def _restore_place(
    session: Session, ulp: str, row: MutationRow, version_id: int | None, before: dict[str, Any],
    after: dict[str, Any],
) -> int:  # fmt: skip
    if version_id is None or before["place"] == after["place"]:
        return 0
    version = versions.version(session, ulp=ulp, version_id=version_id)
    if version.state != VersionState.DRAFT:
        raise NotAllowed(
            f"version {version_id} is published and closed; a later change is a new mutation",
            f"versi {version_id} sudah terbit dan tertutup; perubahan sesudahnya adalah mutasi baru",
        )
    members = mutation_facts.members_near(
        session, ulp=ulp, version_id=version_id, idpels=[row.idpel],
        rbms=[before["place"][0]] if before["place"] else [],
    )  # fmt: skip
    if _stands(members, row.idpel) != after["place"]:
        raise NotAllowed(
            f"the place of mutation {row.mutation_id} was changed again in draft {version_id}; "
            "undo the later change first",
            f"tempat mutasi {row.mutation_id} sudah diubah lagi di draf {version_id}; urungkan "
            "perubahan terakhir dulu",
        )
    placed = pd.DataFrame(columns=["rbm", "urut", "sisipan"])
    if before["place"] is not None:
        rbm, urut, sisipan = before["place"]
        taken = members["rbm"].eq(rbm) & members["urut"].eq(urut) & members["sisipan"].eq(sisipan)
        if taken.any():
            raise NotAllowed(
                f"place {urut:03d}/{sisipan:02d} of RBM {rbm} was given to another customer; "
                "undo that first",
                f"tempat {urut:03d}/{sisipan:02d} di RBM {rbm} sudah dipakai pelanggan lain; "
                "urungkan itu dulu",
            )
        placed = pd.DataFrame(
            {"rbm": [rbm], "urut": [urut], "sisipan": [sisipan]}, index=[row.idpel]
        )
    gone = [row.idpel] if after["place"] is not None else []
    mutations.change_members(
        session, ulp=ulp, version_id=version_id, removed=gone, placed=placed.rename_axis("idpel")
    )
    return 1

"""The planner's workbench (SOP IV.5): every edit of a draft is a command that can be undone."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from rbmgeo.db.models import RbmDraft, RbmDraftCommand
from rbmgeo.db.queries import drafts, mutations, units, versions
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo, StaleDraft, UsageError
from rbmgeo.routes.design import UNPLACED
from rbmgeo.routes.draft import EDITS, Command, Draft, Effect, effect_of, folded, history
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import VersionState
from rbmgeo.workflows.walked import known_points, paces, points_of

#: Commands that say what people decided of a draft; they change no customer.
REVIEW = frozenset({"submit", "approve", "return"})


@dataclass(frozen=True)
class Change:
    """What an edit did: the new revision, customers moved or renumbered, and what it costs.

    ``rbms``: for each RBM touched customers, metres and minutes before and after, and
    ``findings`` (keys). ``cut``: RBM more (or fewer) over which the gardu of the moved lie.
    """

    revision: int
    moved: int
    renumbered: int
    rbms: list[dict[str, Any]] = field(default_factory=list)
    cut: int = 0
    undone_of: str = ""


def open_draft(session: Session, ulp: str, version_id: int, *, who: str) -> RbmDraft:
    """Put a draft on the workbench; what others changed meanwhile is taken in. The caller commits.

    Raises
    ------
    NotAllowed
        If the version is published.
    """
    mutations.lock_mutations(session, ulp=ulp)
    _must_be_draft(session, ulp, version_id)
    if drafts.found(session, ulp=ulp, version_id=version_id) is None:
        drafts.begin(session, ulp=ulp, version_id=version_id, who=who)
    draft = drafts.locked(session, ulp=ulp, version_id=version_id)
    assert draft is not None
    _take_in(session, draft, who)
    return draft


def new_draft(session: Session, ulp: str, *, blth: str, who: str) -> int:
    """Begin a draft as the version in force stands: whatever is not touched carries over."""
    mutations.lock_mutations(session, ulp=ulp)
    newest = next(iter(versions.versions(session, ulp=ulp)), None)
    if newest is not None and newest.state == VersionState.DRAFT:
        return newest.version_id
    base = versions.in_force(session, ulp=ulp, blth=blth) or (newest.version_id if newest else None)
    if base is None:
        raise NothingToDo(
            f"unit {ulp} has no version to begin with; design a draft first",
            f"unit {ulp} belum punya versi untuk dilanjutkan; susun draf lebih dulu",
        )
    version_id = versions.add_draft(session, ulp=ulp, note="workbench", who=who)
    mutations.copy_version(session, ulp=ulp, from_id=base, to_id=version_id)
    versions.version(session, ulp=ulp, version_id=version_id).from_version_id = base
    session.flush()
    return version_id


def act(
    session: Session, ulp: str, version_id: int, command: Command, *, revision: int, who: str
) -> Change:
    """Do one edit on a draft that is still as its editor saw it; the caller commits.

    ``command`` as `rbmgeo.routes.draft.effect_of` takes it, or of kind ``undo`` or ``redo``.

    Raises
    ------
    StaleDraft
        If somebody edited it since ``revision``: says who, when and what.
    NotAllowed
        If it is published or in review, or a rule of the draft forbids the edit.
    """
    draft = _current(session, ulp, version_id, revision, who)
    kinds = drafts.kinds(session, ulp=ulp, version_id=version_id)
    if review_state(kinds)[0] != "open":
        raise NotAllowed(
            f"draft {version_id} is in review; take it back before editing it",
            f"draf {version_id} sedang ditinjau; tarik kembali sebelum mengubahnya",
        )
    schedule: dict[str, Any] | None = None
    undone_of, kind, args = "", command["kind"], {k: v for k, v in command.items() if k != "kind"}
    if kind in ("undo", "redo"):
        known = history((n, k) for n, k, _ in kinds)
        stack = known.done if kind == "undo" else known.undone
        if not stack:
            raise NothingToDo("there is nothing to undo" if kind == "undo" else "there is nothing to redo",
                              "tidak ada yang bisa diurungkan" if kind == "undo" else "tidak ada yang bisa diulangi")  # fmt: skip
        told = drafts.command(session, ulp=ulp, version_id=version_id, no=stack[-1])
        undone_of, args = told.who, {"no": told.no}
        effect = Effect.of_json(told.effect)
        effect = effect.back() if kind == "undo" else effect
        schedule = told.args.get("schedule")
        before = _part(session, draft, effect.touched(), list(effect.rows))
    else:
        before = _part(session, draft, *_named(command))
        effect = effect_of(before, command)
        if effect.empty():
            return Change(draft.revision, 0, 0)
        if kind == "drop":  # what comes back on undo
            args["schedule"] = drafts.schedule_of(session, ulp=ulp, version_id=version_id, rbm=args["rbm"])  # fmt: skip
    return _done(session, draft, before, effect, kind, args, who, undone_of, schedule)


def _done(
    session: Session, draft: RbmDraft, before: Draft, effect: Effect, kind: str,
    args: dict[str, Any], who: str, undone_of: str = "", schedule: "dict[str, Any] | None" = None,
) -> Change:  # fmt: skip
    ulp, version_id = draft.ulp, draft.version_id
    moved = [i for i, (a, b) in effect.rows.items() if (a and a[0]) != (b and b[0])]
    cut = drafts.cut_gardu(session, ulp=ulp, version_id=version_id, idpels=moved) if moved else 0
    drafts.write(session, ulp=ulp, version_id=version_id, effect=effect, schedule=schedule)
    # Whoever returns to an earlier version and edits it has made another one.
    versions.version(session, ulp=ulp, version_id=version_id).content_of = None
    if moved:
        cut = drafts.cut_gardu(session, ulp=ulp, version_id=version_id, idpels=moved) - cut
    rbms = measured(session, draft, before, before.after(effect), effect)
    number = drafts.keep(session, draft, kind=kind, args=args, effect=effect, who=who)
    log_command(
        session, who=who, ulp=ulp, command=f"workbench {kind}",
        after={"version_id": version_id, "edit": number}, customers=list(effect.rows),
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return Change(number, len(moved), len(effect.rows) - len(moved), rbms, cut, undone_of)


def measured(
    session: Session, draft: RbmDraft, before: Draft, after: Draft, effect: Effect
) -> list[dict[str, Any]]:
    """Measure the RBM that an edit touched, keep their metres and minutes, and say both sides."""
    ulp, version_id = draft.ulp, draft.version_id
    touched = [r for r in effect.touched() if r not in effect.locks or effect.rows]
    settings = units.unit_settings(session, ulp=ulp)
    walks = {r: (before.walk(r), after.walk(r)) for r in touched}
    way = paces(session, ulp)
    who = sorted({i for pair in walks.values() for walk in pair for i in walk})
    at = known_points(drafts.places(session, ulp=ulp, srid=way.srid, idpels=who)) if way else {}
    spots = [points_of(walk, at) for r in touched for walk in walks[r]]
    lengths = way.measure(spots) if way else [(0.0, True)] * len(spots)
    out, kept = [], []
    for n, rbm in enumerate(touched):
        row: dict[str, Any] = {"rbm": rbm}
        for word, side in (("before", 0), ("after", 1)):
            walk, placed = walks[rbm][side], spots[2 * n + side]
            metres, guessed = lengths[2 * n + side]
            known = len(placed) > 1 or len(walk) <= 1
            row[f"customers_{word}"] = len(walk)
            row[f"length_{word}_m"] = round(metres, 2) if known else None
            row[f"minutes_{word}"] = _minutes(len(walk), metres, settings)
        row["estimated"] = guessed or len(placed) < len(walk)
        row["findings"] = findings(rbm, len(walk), settings, estimated=row["estimated"])
        out.append(row)
        if rbm in after.rbms:
            kept.append({"rbm": rbm, "customers": len(walk), "length_m": row["length_after_m"],
                         "minutes": row["minutes_after"], "estimated": row["estimated"]})  # fmt: skip
    drafts.set_measures(session, ulp=ulp, version_id=version_id, measures=kept)
    return out


def findings(rbm: str, customers: int, settings: UnitSettings, *, estimated: bool) -> list[str]:
    """Name what a planner should look at: too few, too many (R-RO-04), none, nobody's, guessed."""
    said = []
    if rbm == UNPLACED:
        return ["unplaced"] if customers else []
    if not customers:
        return ["empty"]
    if customers > settings.capacity_max:
        said.append("over")
    if customers < settings.capacity_min:
        said.append("under")
    return [*said, "estimated"] if estimated and customers > 1 else said


def review_state(kinds: "list[tuple[int, str, str]]") -> tuple[str, str]:
    """Return ``open``, ``review`` or ``approved``, and who brought it there.

    What mutations or an ordering changed after an approval was approved by nobody: the draft is
    in review again.
    """
    said = [(n, k, w) for n, k, w in kinds if k in REVIEW]
    if not said:
        return "open", ""
    number, kind, by = said[-1]
    if kind == "approve" and any(k == "outside" and n > number for n, k, _ in kinds):
        return "review", next((w for _, k, w in reversed(said) if k == "submit"), "")
    return {"submit": "review", "approve": "approved"}.get(kind, "open"), by


def verified(session: Session, ulp: str, version_id: int) -> bool:
    """Say whether base and log give exactly what the draft holds now."""
    draft = drafts.found(session, ulp=ulp, version_id=version_id)
    assert draft is not None
    log = drafts.log(session, ulp=ulp, version_id=version_id)
    state = folded(drafts.base_of(draft), [{"kind": c.kind, **c.args} for c in log])
    now = drafts.whole(session, ulp=ulp, version_id=version_id)
    kept = (now.rows, now.rbms, set(draft.locked), set(draft.pinned))
    return (state.rows, state.rbms, state.locked, state.pinned) == kept


def since(commands: "list[RbmDraftCommand]") -> list[dict[str, Any]]:
    """Say who did what and when; counts and RBM only, no customer."""
    return [
        {"no": c.no, "kind": c.kind, "who": c.who, "at": c.at,
         "customers": len(c.effect.get("rows", {})),
         "rbms": Effect.of_json(c.effect).touched()[:6]}
        for c in commands
    ]  # fmt: skip


def _current(session: Session, ulp: str, version_id: int, revision: int, who: str) -> RbmDraft:
    mutations.lock_mutations(session, ulp=ulp)
    _must_be_draft(session, ulp, version_id)
    draft = drafts.locked(session, ulp=ulp, version_id=version_id)
    if draft is None:
        raise NotAllowed(
            f"draft {version_id} is not on the workbench; open it first",
            f"draf {version_id} belum dibuka di meja kerja; buka lebih dulu",
        )
    _take_in(session, draft, who)
    if draft.revision != revision:
        told = since(drafts.log(session, ulp=ulp, version_id=version_id, after=max(revision, 0)))
        at, last = _moment(session, ulp, told), told[-1]["who"] if told else "-"
        raise StaleDraft(
            f"draft {version_id} was changed by {last} at {at} since you saw it; look at it again",
            f"draf {version_id} sudah diubah oleh {last} pukul {at}; lihat bedanya, lalu ulangi",
            revision=draft.revision, since=list(told),
        )  # fmt: skip
    return draft


def _moment(session: Session, ulp: str, told: "list[dict[str, Any]]") -> str:
    """Return when the newest edit was made, by the unit's own clock (07.40 WIB)."""
    at = told[-1]["at"] if told else None
    if not isinstance(at, datetime):
        return "-"
    zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
    return f"{at.astimezone(zone):%H.%M %Z}"


def _take_in(session: Session, draft: RbmDraft, who: str) -> None:
    """Append what others wrote into the draft as a command of its own, so that it can be undone."""
    session.refresh(draft)
    if not draft.outside:
        return
    log = drafts.log(session, ulp=draft.ulp, version_id=draft.version_id)
    told = folded(drafts.base_of(draft), [{"kind": c.kind, **c.args} for c in log])
    now = drafts.whole(session, ulp=draft.ulp, version_id=draft.version_id)
    names = sorted(set(told.rows) | set(now.rows))
    rows = {i: (told.rows.get(i), now.rows.get(i)) for i in names if told.rows.get(i) != now.rows.get(i)}  # fmt: skip
    if not rows and told.rbms == now.rbms:
        drafts.settled(session, draft)
        return
    args = {
        "rows": {i: list(b) if b else None for i, (_, b) in rows.items()},
        "born": sorted(now.rbms - told.rbms), "gone": sorted(told.rbms - now.rbms),
    }  # fmt: skip
    effect = effect_of(told, {"kind": "outside", **args})
    drafts.keep(session, draft, kind="outside", args=args, effect=effect, who="-")


def _part(session: Session, draft: RbmDraft, rbms: list[str], idpels: list[str]) -> Draft:
    return drafts.part(session, ulp=draft.ulp, version_id=draft.version_id, rbms=rbms,
                       idpels=idpels, locks=set(draft.locked), pins=set(draft.pinned))  # fmt: skip


def _named(command: Command) -> tuple[list[str], list[str]]:
    """Return the RBM and customers that a command names."""
    kind = command["kind"]
    if kind == "move":
        return sorted({s[1] for s in command["steps"]}), [s[0] for s in command["steps"]]
    if kind == "set":
        rows = command["rows"]
        return sorted({r[0] for r in rows.values() if r}), list(rows)
    if kind in ("pin", "unpin"):
        return [], list(command["idpels"])
    if kind not in EDITS - {"outside"}:
        raise UsageError(f"{kind!r} is no edit of a draft", f"{kind!r} bukan perubahan draf")
    return [command["rbm"]], []


def _must_be_draft(session: Session, ulp: str, version_id: int) -> None:
    if versions.version(session, ulp=ulp, version_id=version_id).state != VersionState.DRAFT:
        raise NotAllowed(
            f"version {version_id} is published and closed; begin a new draft",
            f"versi {version_id} sudah terbit dan tertutup; mulai draf baru",
        )


def _minutes(customers: int, metres: float, settings: UnitSettings) -> float:
    """Return minutes of service and walk (R-RO-07)."""
    seconds = customers * settings.service_s + metres / settings.walking_m_per_s
    return round(seconds / 60, 1)

"""Publishing by change set: submitted, looked at by another person, in force from a month on."""

from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.models import RbmDraft
from rbmgeo.db.queries import drafts, mutations, units, versions
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.routes.draft import EDITS, Effect, effect_of
from rbmgeo.terms import VersionState
from rbmgeo.workflows.routes import VersionSummary, publish_version
from rbmgeo.workflows.workbench import _current, _done, open_draft, review_state
from rbmgeo.workflows.workbench_moves import left_over

_REASON_MOST = 500


def submit(session: Session, ulp: str, version_id: int, *, revision: int, who: str) -> int:
    """Send a draft to review; whoever has no place yet stands on "BELUM DITEMPATKAN" from here on."""
    draft = _current(session, ulp, version_id, revision, who)
    _must_stand(session, draft, "open")
    _place_rest(session, draft, who)
    return _say(session, draft, "submit", {}, who)


def approve(session: Session, ulp: str, version_id: int, *, revision: int, who: str) -> int:
    """Approve a draft that other people made.

    Raises
    ------
    NotAllowed
        If who approves has had a part in it (`authors`).
    """
    draft = _current(session, ulp, version_id, revision, who)
    kinds = _must_stand(session, draft, "review")
    if who in authors(session, ulp, version_id, kinds):
        raise NotAllowed(
            "whoever made, edited or submitted a draft does not approve it; ask another person",
            "yang membuat, mengubah, atau mengajukan draf tidak boleh menyetujuinya; minta orang lain",
        )
    return _say(session, draft, "approve", {}, who)


def send_back(
    session: Session, ulp: str, version_id: int, *, revision: int, reason: str, who: str
) -> int:
    """Open a submitted draft for editing again, with the reason."""
    draft = _current(session, ulp, version_id, revision, who)
    if review_state(drafts.kinds(session, ulp=ulp, version_id=version_id))[0] == "open":
        raise NotAllowed("this draft is not in review", "draf ini tidak sedang ditinjau")
    if not reason.strip():
        raise UsageError("say why it goes back", "sebutkan alasan draf dikembalikan")
    return _say(session, draft, "return", {"reason": reason.strip()[:_REASON_MOST]}, who)


def publish_change_set(
    session: Session, ulp: str, version_id: int, *, effective_blth: str, revision: int, who: str
) -> VersionSummary:
    """Publish an approved draft; customers who came since stand on "BELUM DITEMPATKAN"."""
    draft = _current(session, ulp, version_id, revision, who)
    _must_stand(session, draft, "approved")
    _place_rest(session, draft, who)
    return publish_version(session, ulp, version_id, effective_blth=effective_blth, who=who)


def return_to(session: Session, ulp: str, version_id: int, *, effective_blth: str, who: str) -> int:
    """Make a draft that holds an earlier published version again; it goes the way of any draft.

    Nothing published is ever changed. While nobody edits it, its hand-offs are those of the
    version it holds again, byte for byte (R-CH-04).
    """
    mutations.lock_mutations(session, ulp=ulp)
    old = versions.version(session, ulp=ulp, version_id=version_id)
    if old.state != VersionState.PUBLISHED:
        raise NotAllowed("only a published version can be returned to", "hanya versi terbit yang bisa dipakai lagi")  # fmt: skip
    made = versions.add_draft(session, ulp=ulp, note=f"return {version_id}", who=who)
    mutations.copy_version(session, ulp=ulp, from_id=version_id, to_id=made)
    new = versions.version(session, ulp=ulp, version_id=made)
    new.from_version_id, new.content_of = version_id, old.content_of or version_id
    session.flush()
    draft = open_draft(session, ulp, made, who=who)
    _say(session, draft, "submit", {"effective_blth": effective_blth}, who)
    log_command(session, who=who, ulp=ulp, command="return to version",
                after={"version_id": made, "from": version_id})  # fmt: skip
    units.bump(session, ulp=ulp)
    return made


def authors(
    session: Session, ulp: str, version_id: int, kinds: "list[tuple[int, str, str]]"
) -> set[str]:
    """Return who had a part in a draft: made it, ordered it, edited it, sent it to review.

    Whoever took mutations into it is among them. They do not approve it (R-CH-02).
    """
    edited = {w for _, k, w in kinds if k in EDITS or k in ("submit", "undo", "redo")}
    return (edited | drafts.makers(session, ulp=ulp, version_id=version_id)) - {"-", ""}


def _place_rest(session: Session, draft: RbmDraft, who: str) -> None:
    missing = drafts.nowhere(session, ulp=draft.ulp, version_id=draft.version_id)
    if not missing:
        return
    members = versions.members(session, ulp=draft.ulp, version_id=draft.version_id)
    command: dict[str, Any] = {"kind": "set", "rows": left_over(members, missing)}
    whole = drafts.whole(session, ulp=draft.ulp, version_id=draft.version_id)
    whole.locked, whole.pinned = set(draft.locked), set(draft.pinned)
    effect = effect_of(whole, command)
    _done(session, draft, whole, effect, "set", {"rows": command["rows"], "note": "rest"}, who)


def _must_stand(session: Session, draft: RbmDraft, wanted: str) -> list[tuple[int, str, str]]:
    kinds = drafts.kinds(session, ulp=draft.ulp, version_id=draft.version_id)
    state, by = review_state(kinds)
    if state != wanted:
        raise NotAllowed(
            f"draft {draft.version_id} is {state} (by {by or '-'}), not {wanted}; look at it again",
            f"draf {draft.version_id} berkeadaan {state} (oleh {by or '-'}), bukan {wanted}; lihat lagi",
        )
    return kinds


def _say(session: Session, draft: RbmDraft, kind: str, args: dict[str, Any], who: str) -> int:
    number = drafts.keep(session, draft, kind=kind, args=args, effect=Effect(), who=who)
    log_command(session, who=who, ulp=draft.ulp, command=f"draft {kind}",
                after={"version_id": draft.version_id, "revision": number})  # fmt: skip
    units.bump(session, ulp=draft.ulp)
    return number

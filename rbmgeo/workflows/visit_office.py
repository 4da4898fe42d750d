"""The office's hand on lists of the field: how far they are, to whom orders go, what is taken back."""

import uuid
from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import units, visits
from rbmgeo.db.queries import visit_lists as kept
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.fieldwork.progress import (
    WAITING,
    closing,
    late,
    plain_states,
    progress,
    with_closes,
)
from rbmgeo.fieldwork.receive import states

#: Columns of `progress`, for lists that have no order.
_NONE = ("orders", "belum", "selesai", "perlu_ulang", "konflik", "batal", "late")


def overview(session: Session, ulp: str, *, on: date, blth: str | None = None) -> pd.DataFrame:
    """Return the open lists (or those of a month) of a unit with their counts, seen on a day.

    Index ``list_id``, columns of `visit_lists.lists` and of `rbmgeo.fieldwork.progress.progress`.
    Orders of which one record speaks at most are counted in the database: of 100,000 they are
    nearly all, and their state needs no more than that record.
    """
    lists = kept.lists(session, ulp=ulp, blth=blth)
    ids = lists.index.to_list()
    plain = kept.plain_counts(session, ulp=ulp, list_ids=ids)
    plain = plain.assign(state=plain_states(plain, closing(FORMS)))
    others = _states_of(session, ulp, order_ids=kept.spoken_of(session, ulp=ulp, list_ids=ids))
    columns = ["list_id", "state", "due_on", "orders"]
    counted = pd.concat([plain[columns], others.assign(orders=1)[columns]], ignore_index=True)
    counts = progress(counted, on).reindex(lists.index).fillna(0).astype(int)
    return lists.join(counts.reindex(columns=list(_NONE), fill_value=0))


def order_states(session: Session, ulp: str, list_ids: Sequence[str], *, on: date) -> pd.DataFrame:
    """Return where each order of some lists stands.

    Index ``order_id``, columns of `visit_lists.orders` and of `receive.states`, and ``late``.
    """
    out = _states_of(session, ulp, list_ids=list_ids)
    return out.assign(late=late(out, on))


def _states_of(session: Session, ulp: str, **which: Sequence[str]) -> pd.DataFrame:
    orders = kept.orders(session, ulp=ulp, **which)
    records = with_closes(kept.records(session, ulp=ulp, **which), FORMS)
    return orders.join(states(orders, records))


def list_rows(session: Session, ulp: str, list_id: str, *, on: date) -> pd.DataFrame:
    """Return the orders of one list in walking order with where each stands.

    Columns of `visit_lists.rows` and of `order_states`, and of the record that speaks for an
    order ``visit_no``, ``outcome``, ``device_at``, ``visited_by``; missing without one.
    """
    told = kept.rows(session, ulp=ulp, list_id=list_id)
    return with_visits(session, ulp, told, order_states(session, ulp, [list_id], on=on))


def with_visits(
    session: Session, ulp: str, rows: pd.DataFrame, stand: pd.DataFrame
) -> pd.DataFrame:
    """Join orders with where they stand and with the record that speaks for each."""
    names = ["state", "client_id", "sha256", "visits", "late"]
    out = rows.join(stand[names])
    ids = out["client_id"].dropna().unique().tolist()
    said = kept.speaking(session, ulp=ulp, client_ids=ids)
    said = said.rename(columns={"officer": "visited_by"})
    joined = out.reset_index().merge(said, on=["client_id", "sha256"], how="left")
    return joined.set_index("order_id").astype(object).where(lambda f: f.notna(), None)


def late_rows(
    session: Session, ulp: str, *, on: date, officer: str = "", most: int | None = None,
    begin: int = 0,
) -> tuple[pd.DataFrame, int]:  # fmt: skip
    """Return orders of open lists whose day has passed, longest ago first, and how many there are.

    The rows from ``begin`` on, at most ``most``.
    """
    lists = kept.lists(session, ulp=ulp)
    ids = lists.index[lists["officer"].eq(officer)] if officer else lists.index
    found = kept.plain_late(session, ulp=ulp, list_ids=list(ids), on=on, closing=closing(FORMS))
    others = _states_of(
        session, ulp, order_ids=kept.spoken_of(session, ulp=ulp, list_ids=list(ids))
    )
    others = others[late(others, on)].reset_index()
    found = pd.concat([found, others[found.columns]], ignore_index=True)
    found = found.sort_values(["due_on", "list_id", "order_id"])
    shown = found["order_id"].iloc[begin : None if most is None else begin + most].to_list()
    rows = kept.rows(session, ulp=ulp, order_ids=shown).reindex(shown)
    stand = _states_of(session, ulp, order_ids=shown)
    return with_visits(session, ulp, rows, stand.assign(late=True)), len(found)


def reassign(
    session: Session, ulp: str, list_id: str, *, officer: str, order_ids: Sequence[str] = (),
    reason: str = "", who: str, on: date, planned_on: date | None = None,
) -> tuple[uuid.UUID, int]:  # fmt: skip
    """Give orders of a list that still wait (all, where none is named) to another officer.

    They go to a new list of that officer; where they were is kept. What the first officer still
    sends about them is taken, with a mark. Returns the new list and how many orders moved.

    Raises
    ------
    UsageError
        If the officer is none of the unit, or has the list already.
    NothingToDo
        If none of the orders waits.
    """
    visits.lock(session, ulp=ulp)
    known = {o["login"]: o["name"] for o in kept.officers(session, ulp=ulp)}
    it = kept.one_list(session, ulp=ulp, list_id=list_id)
    if officer not in known or officer == it["officer"]:
        raise UsageError(
            f"{officer!r} cannot be given this list; choose another log-in with the role surveyor",
            f"{officer!r} tidak bisa diberi daftar ini; pilih akun lain berperan surveyor",
        )
    stand = order_states(session, ulp, [list_id], on=on)
    waiting = stand.index[stand["state"].isin(WAITING)]
    chosen = [i for i in waiting if not order_ids or i in set(order_ids)]
    if not chosen:
        raise NothingToDo(
            "none of these orders waits any more; what is done stays with who did it",
            "tidak ada perintah yang masih menunggu; yang selesai tetap pada petugasnya",
        )
    made = visits.add_list(
        session, ulp=ulp, job=it["job"], blth=it["blth"], title=it["title"], officer=officer,
        planned_on=planned_on or it["planned_on"], content=it["content"],
        orders=pd.DataFrame({"idpel": [], "reason": []}), who=who,
    )  # fmt: skip
    kept.move(session, ulp=ulp, order_ids=chosen, to_list=made, reason=reason or None, who=who)
    _noted(session, ulp, who, "visit orders moved",
           {"from": list_id, "to": str(made), "orders": len(chosen)})  # fmt: skip
    return made, len(chosen)


def assign(
    session: Session, ulp: str, list_id: str, *, officer: str | None, planned_on: date | None,
    who: str,
) -> None:  # fmt: skip
    """Give a list that nobody had to its first officer, or set its day."""
    it = kept.one_list(session, ulp=ulp, list_id=list_id)
    known = {o["login"] for o in kept.officers(session, ulp=ulp)}
    if officer is not None and officer != it["officer"] and (it["officer"] or officer not in known):
        raise UsageError(
            "a list that somebody has is moved, so that it is known who had it; choose who gets it",
            "daftar yang sudah dipegang dipindahkan, supaya tercatat siapa memegangnya; pilih penerimanya",
        )
    kept.set_list(session, ulp=ulp, list_id=list_id, officer=officer or it["officer"],
                  planned_on=planned_on or it["planned_on"])  # fmt: skip
    _noted(session, ulp, who, "visit list set", {"list": list_id})


def take_back(
    session: Session, ulp: str, order_ids: Sequence[str], *, reason: str, who: str
) -> int:
    """Take orders back, with a reason; nothing is deleted, and a visit already made counts."""
    if not reason.strip():
        raise UsageError(
            "taking orders back needs a reason; write why",
            "pembatalan perlu alasan; tulis sebabnya",
        )
    visits.lock(session, ulp=ulp)
    done = kept.cancel(session, ulp=ulp, order_ids=order_ids, reason=reason.strip()[:500], who=who)
    _noted(session, ulp, who, "visit orders taken back", {"orders": done, "reason": reason[:500]})
    return done


def let_stand(session: Session, ulp: str, order_ids: Sequence[str], *, who: str) -> int:
    """Let orders that were taken back stand again."""
    visits.lock(session, ulp=ulp)
    done = kept.restore(session, ulp=ulp, order_ids=order_ids)
    _noted(session, ulp, who, "visit orders stand again", {"orders": done})
    return done


def close(session: Session, ulp: str, list_id: str, *, closed: bool, who: str) -> None:
    """Close a list (phones get it no more; what they still send is taken), or open it again."""
    kept.one_list(session, ulp=ulp, list_id=list_id)
    kept.close_list(session, ulp=ulp, list_id=list_id, closed=closed)
    _noted(session, ulp, who, "visit list closed" if closed else "visit list opened", {"list": list_id})  # fmt: skip


def _noted(session: Session, ulp: str, who: str, command: str, after: dict[str, object]) -> None:
    log_command(session, who=who, ulp=ulp, command=command, after=after)
    units.bump(session, ulp=ulp)

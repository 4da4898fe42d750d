"""What a record of the field is to the office when it comes in, whenever and in whatever order.

The protocol is ODK Central's: an id is made on the phone; the same id with the same content is
accepted again and changes nothing; the same id with other content is a conflict, kept for a person
(R-CH-03). What is known here depends only on the set of records, never on their order of coming.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import pandas as pd

from rbmgeo.terms import OrderState

#: A phone's clock may run ahead by so much before it is called wrong.
CLOCK_AHEAD = timedelta(minutes=10)
#: Of so many days' silence between house and office a record is late.
LATE_AFTER = timedelta(days=3)


class Came(StrEnum):
    """What a receipt says of a record; the phone deletes it in all three cases."""

    NEW = "diterima"
    AGAIN = "sudah_ada"
    CONFLICT = "konflik"


class Mark(StrEnum):
    """What is odd about a record that was kept; nothing here turns it away."""

    ORPHAN = "tanpa_perintah"  # no order of that id, or of no customer of the unit
    CANCELLED = "perintah_batal"
    REASSIGNED = "bukan_petugasnya"
    LATE = "terlambat_dikirim"
    CLOCK = "jam_hp_salah"
    INACCURATE = "akurasi_kasar"
    NO_PLACE = "tanpa_titik"


#: The radius over which a fix is called rough (metres).
ROUGH_M = 20.0


@dataclass(frozen=True)
class Ordered:
    """What the office knows of the order that a record answers: None of it where there is none."""

    officer: str | None = None
    cancelled: bool = False


def came(sha256: str, kept: Iterable[str]) -> Came:
    """Return what a record is, by the contents kept under its id.

    >>> came("a", []), came("a", ["a", "b"]), came("c", ["a"])
    (<Came.NEW: 'diterima'>, <Came.AGAIN: 'sudah_ada'>, <Came.CONFLICT: 'konflik'>)
    """
    known = set(kept)
    if sha256 in known:
        return Came.AGAIN
    return Came.CONFLICT if known else Came.NEW


def marks(
    *, device_at: datetime, received_at: datetime, officer: str, accuracy_m: float | None,
    order: Ordered | None,
) -> tuple[Mark, ...]:  # fmt: skip
    """Return what is odd about one record: facts for a person, no accusation."""
    out = []
    if order is None:
        out.append(Mark.ORPHAN)
    elif order.cancelled:
        out.append(Mark.CANCELLED)
    if order is not None and order.officer is not None and order.officer != officer:
        out.append(Mark.REASSIGNED)
    if received_at - device_at > LATE_AFTER:
        out.append(Mark.LATE)
    if device_at - received_at > CLOCK_AHEAD:
        out.append(Mark.CLOCK)
    if accuracy_m is None:
        out.append(Mark.NO_PLACE)
    elif accuracy_m > ROUGH_M:
        out.append(Mark.INACCURATE)
    return tuple(out)


def states(orders: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return where each order stands, from all that came, whatever the order of coming.

    Parameters
    ----------
    orders
        Index ``order_id``; ``cancelled`` (bool).
    visits
        One row a record: ``order_id``, ``client_id``, ``sha256``, ``device_at``, ``closes``
        (its outcome settles the order), ``chosen`` (True: a person chose this content of a
        conflict, False: another, missing: nobody decided).

    Returns
    -------
    DataFrame
        Index ``order_id``; ``state`` (`OrderState`), ``client_id`` and ``sha256`` of the record
        that speaks for it (the newest by the phone's clock, ties by id; missing without one),
        ``visits`` (how many records, contents of one id counted once).
    """
    out = pd.DataFrame(index=orders.index)
    rows = visits[visits["order_id"].isin(orders.index)].drop_duplicates(["client_id", "sha256"])
    chosen = rows["chosen"].astype("boolean")
    # Where all but one content were refused, the one that is left speaks.
    refused = chosen.eq(False).fillna(False).astype(bool)
    undecided = chosen.isna() & rows["client_id"].where(~refused).duplicated(keep=False)
    open_conflicts = set(rows.loc[undecided, "order_id"])
    speaking = rows[~undecided & ~refused]
    speaking = speaking.sort_values(["order_id", "device_at", "client_id", "sha256"])
    last = speaking.groupby("order_id").last()
    out["client_id"] = last["client_id"].reindex(out.index)
    out["sha256"] = last["sha256"].reindex(out.index)
    out["visits"] = rows.groupby("order_id")["client_id"].nunique().reindex(out.index).fillna(0).astype(int)  # fmt: skip
    closed = last["closes"].reindex(out.index).astype("boolean")
    state = pd.Series(OrderState.BELUM.value, index=out.index, dtype="str")
    state[closed.eq(False).fillna(False)] = OrderState.ULANG.value
    state[orders["cancelled"].astype(bool)] = OrderState.BATAL.value
    # A job that was done stays done, also where its order was taken back meanwhile.
    state[closed.eq(True).fillna(False)] = OrderState.SELESAI.value
    state[out.index.isin(list(open_conflicts))] = OrderState.KONFLIK.value
    out["state"] = state
    return out

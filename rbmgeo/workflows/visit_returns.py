"""Filled-in forms come back: every row a visit, all of a file or nothing, the same file once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from rbmgeo.db.queries import visit_lists as kept
from rbmgeo.fieldwork.receive import Came
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.fieldwork.visit_rows import RowFault
from rbmgeo.intake.visit_form import FilledForm
from rbmgeo.workflows.receive_visits import receive_visits


@dataclass(frozen=True)
class Returned:
    """What became of a file: visits that are new, known already, or other content of a known one.

    ``empty``: rows without a visit; ``faults``: with any of them nothing was taken in.
    """

    file: str
    new: int
    again: int
    conflicts: int
    empty: int
    faults: tuple[RowFault, ...] = ()


def take_form(
    session: Session, ulp: str, filled: FilledForm, *, who: str, now: datetime
) -> Returned:
    """Take the visits of a filled-in form in.

    A row that was edited after it came in is another content under its id: both are kept, and a
    person decides (R-CH-03). A row whose house is not that of its order slipped and is a fault.
    """
    faults = [*filled.faults, *_slipped(session, ulp, filled)]
    if faults:
        faults.sort(key=lambda f: (f.row_no, f.column))
        return Returned(filled.file, 0, 0, 0, filled.empty, tuple(faults))
    sent: list[Visit] = [it for _, _, it in filled.visits]
    came = [r.came for r in receive_visits(session, ulp, sent, who=who, now=now)] if sent else []
    return Returned(
        filled.file, came.count(Came.NEW), came.count(Came.AGAIN), came.count(Came.CONFLICT),
        filled.empty,
    )  # fmt: skip


def _slipped(session: Session, ulp: str, filled: FilledForm) -> list[RowFault]:
    known = kept.known_orders(
        session, ulp=ulp, order_ids=[it.order_id for _, _, it in filled.visits if it.order_id]
    )
    out = []
    for number, idpel, it in filled.visits:
        whose = known.get(it.order_id or "")
        if whose is None:
            out.append(RowFault(
                filled.file, number, "order_id", it.order_id or "", "R-CH-03",
                "perintah ini bukan milik unit ini; unduh lagi formulirnya",
                "this order is none of this unit; download the form again",
            ))  # fmt: skip
        elif idpel and idpel != whose:
            out.append(RowFault(
                filled.file, number, "idpel", idpel, "R-IM-01",
                "IDPEL bukan rumah dari perintah baris ini (baris bergeser); salin isinya ke formulir baru",
                "the idpel is not the house of this row's order (rows slipped); copy what is said into a new form",
            ))  # fmt: skip
    return out

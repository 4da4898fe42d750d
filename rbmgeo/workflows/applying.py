"""What an approved proposal does to the record, field by field, and how that is taken back."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.models import Proposal
from rbmgeo.db.queries import observations, records, survey
from rbmgeo.errors import NotAllowed
from rbmgeo.survey.observations import place_of
from rbmgeo.terms import CoordinateQuality, Seen, Service
from rbmgeo.workflows.placing import place_customer
from rbmgeo.workflows.rbm_changes import put_back, put_on_rbm


def apply(session: Session, it: Proposal, day: date, who: str) -> date:
    """Make the record say what a proposal asks for; return the first day on which it does.

    What taking it back needs is kept in ``detail``. Raises `NotAllowed` where the unit lacks
    the gardu or RBM, or where the place lies outside the unit (R-IM-08).
    """
    if it.field == "gardu":
        _check_gardu(session, it)
        return records.move_to_gardu(
            session, ulp=it.ulp, idpel=it.idpel, gardu=it.after, on=day, proposal_id=it.proposal_id
        )
    if it.field == Seen.TIANG:
        return _move_pole(session, it, day)
    if it.field == Seen.RBM:
        assert it.after
        it.detail = put_on_rbm(session, it.ulp, it.idpel, it.after, who=who)
    elif it.field == Seen.POINT:
        _add_point(session, it)
    elif it.field in observations.TABLES:
        _put_place(session, it)
    else:
        _set_customer(session, it, it.after)
    return day


def take_back(session: Session, it: Proposal, day: date, who: str) -> date:
    """Make the record say again what it said before an approval; history is kept.

    Raises `NotAllowed` where it was changed again since.
    """
    detail: dict[str, Any] = it.detail or {}
    if it.field == "gardu" or detail.get("pdpj"):
        first = records.undo_move(
            session, ulp=it.ulp, idpel=it.idpel, on=day, proposal_id=it.proposal_id
        )
        if first is None:
            raise _changed_again(it)
        return first
    if it.field == Seen.RBM:
        put_back(session, it.ulp, it.idpel, detail, proposal_id=it.proposal_id)
    elif it.field == Seen.POINT:
        _forget_point(session, it, detail)
    elif it.field in observations.TABLES:
        assert it.subject
        lon, lat = place_of(it.before) if it.before else (None, None)
        observations.put_place(
            session, ulp=it.ulp, kind=it.field, code=it.subject, lon=lon, lat=lat
        )
        if detail.get("made"):
            observations.drop_code(session, ulp=it.ulp, kind=it.field, code=it.subject)
    elif it.field == Seen.TIANG:
        records.set_customer(session, ulp=it.ulp, idpel=it.idpel, tiang=it.before)
    else:
        _set_customer(session, it, it.before)
    return day


def _check_gardu(session: Session, it: Proposal) -> None:
    if it.after is not None and not survey.has_gardu(session, ulp=it.ulp, gardu=it.after):
        raise NotAllowed(
            f"gardu {it.after} is not among the gardu of unit {it.ulp}; import it first, or reject",
            f"gardu {it.after} tidak ada di daftar gardu unit {it.ulp}; impor dulu, atau tolak",
        )


def _move_pole(session: Session, it: Proposal, day: date) -> date:
    assert it.after
    row = records.standing(session, ulp=it.ulp, idpels=[it.idpel]).loc[it.idpel]
    if not row["in_pdpj"]:
        records.set_customer(session, ulp=it.ulp, idpel=it.idpel, tiang=it.after)
        return day
    it.detail = {"pdpj": True}
    return records.move_to_pole(
        session, ulp=it.ulp, idpel=it.idpel, tiang=it.after, on=day, proposal_id=it.proposal_id
    )


def _set_customer(session: Session, it: Proposal, value: str | None) -> None:
    if it.field == "status":
        # Who is cut off stays a customer: its meter hangs there and is read (SOP VI).
        records.set_customer(session, ulp=it.ulp, idpel=it.idpel, active=value != "bongkar")
    elif it.field == Seen.METER_NUMBER:
        records.set_customer(session, ulp=it.ulp, idpel=it.idpel, meter_number=value)
    else:
        service, _, read_by = (value or f"{Service.PASCA}/vendor").partition("/")
        records.set_customer(
            session, ulp=it.ulp, idpel=it.idpel, jenis_layanan=service, dibaca_oleh=read_by
        )


def _add_point(session: Session, it: Proposal) -> None:
    """Add the surveyed place; surveyed places before it give way, and are kept (R-LO-01)."""
    assert it.after
    lon, lat = it.after.split(",")
    seen = (
        observations.seen_with(
            session, ulp=it.ulp, client_id=str(it.client_id), field=it.field, value=it.after
        )
        if it.client_id
        else {}
    )
    earlier = observations.surveyed_points(session, ulp=it.ulp, idpel=it.idpel)
    _quality(session, it, earlier, CoordinateQuality.DIURUNGKAN)
    point_id = observations.add_point(
        session, ulp=it.ulp,
        row={"idpel": it.idpel, "lon_raw": lon, "lat_raw": lat,
             "accuracy_m": seen.get("accuracy_m"), "observed_at": seen.get("answered_at")},
    )  # fmt: skip
    it.detail = {"point_id": point_id, "earlier": earlier}
    if place_customer(session, it.ulp, it.idpel) != CoordinateQuality.OK:
        raise NotAllowed(
            f"the place of proposal {it.proposal_id} lies outside unit {it.ulp} (R-IM-08); reject it",
            f"titik usulan {it.proposal_id} ada di luar unit {it.ulp} (R-IM-08); tolak usulan ini",
        )


def _forget_point(session: Session, it: Proposal, detail: dict[str, Any]) -> None:
    now = observations.surveyed_points(session, ulp=it.ulp, idpel=it.idpel)
    if now != [detail["point_id"]]:
        raise _changed_again(it)
    _quality(session, it, [detail["point_id"]], CoordinateQuality.DIURUNGKAN)
    _quality(session, it, detail["earlier"], CoordinateQuality.OK)
    place_customer(session, it.ulp, it.idpel)


def _quality(
    session: Session, it: Proposal, point_ids: list[int], quality: CoordinateQuality
) -> None:
    if point_ids:
        observations.set_point_quality(
            session, ulp=it.ulp, idpel=it.idpel, point_ids=point_ids, quality=quality.value
        )


def _put_place(session: Session, it: Proposal) -> None:
    assert it.after
    assert it.subject
    lon, lat = place_of(it.after)
    made = observations.put_place(
        session, ulp=it.ulp, kind=it.field, code=it.subject, lon=lon, lat=lat
    )
    it.detail = {"made": made}


def _changed_again(it: Proposal) -> NotAllowed:
    return NotAllowed(
        f"the record of proposal {it.proposal_id} was changed again; undo the later one first",
        f"catatan usulan {it.proposal_id} sudah diubah lagi; urungkan yang terakhir dulu",
    )

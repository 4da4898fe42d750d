"""SOP II to VI: what a phone takes along for one list, so that it works without a network."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import field_devices, own_readings, phone_bundles, units, visits
from rbmgeo.errors import NotAllowed, NothingToDo
from rbmgeo.fieldwork.job_form import JobForm, words_of
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.fieldwork.receive import states
from rbmgeo.labels.messages import MESSAGES
from rbmgeo.labels.questions import asked
from rbmgeo.privacy import seen
from rbmgeo.terms import FieldJob, OrderState

#: Customers so near the walk are found without a network (metres), at most so many.
AROUND_M, MOST_AROUND = 300.0, 20_000
#: Gardu and poles that are offered at a house.
OFFERED = 5
#: Of an idpel and a meter number a phone holds so many last digits.
TAIL = 5
#: A bundle of an RBM is never larger; what is left out first are streets, then who is far off.
MOST_BYTES = 5_000_000
#: At these doors somebody is asked for by name.
BY_NAME = frozenset({FieldJob.INFORMASI, FieldJob.PUTUS, FieldJob.SAMBUNG})
#: Of these jobs the plausibility of a stand is said at the door (R-EN-01 to R-EN-05).
WITH_STANDS = frozenset({FieldJob.PASCA})
_MOST_KEPT = 8


@dataclass(frozen=True)
class Bundle:
    """One list as a phone takes it: its JSON, and what tells two contents apart.

    ``version`` does not count what was done already: that changes while the officer walks.
    """

    body: bytes
    version: str
    #: Whose data it holds, with those who live around the walk.
    customers: frozenset[int] = frozenset()


#: Bundles of this process by database and list, with the moment of the data they are of.
_KEPT: OrderedDict[tuple[str, str, str, str], tuple[str, Bundle]] = OrderedDict()


def admit(session: Session, ulp: str, device_id: str) -> None:
    """Let a phone that the unit knows have lists.

    Raises
    ------
    NothingToDo
        If the phone has not told its name and key yet.
    NotAllowed
        If the office struck it off.
    """
    allowed = field_devices.may_hold_lists(session, ulp=ulp, device_id=device_id)
    if allowed is None:
        raise NothingToDo(
            "this phone is not known to the unit yet; open the app while there is a network",
            "HP ini belum dikenal unit; buka aplikasinya saat ada jaringan",
        )
    if not allowed:
        raise NotAllowed(
            "the office struck this phone off, it gets no lists; what it holds is still taken. "
            "Ask the office",
            "HP ini dicoret kantor, daftar tidak diberikan; isinya tetap diterima. Tanyakan kantor",
        )


def open_lists(session: Session, ulp: str, officer: str) -> list[dict[str, Any]]:
    """Return the open lists of an officer, each with the size and version of its bundle."""
    return [_told(session, ulp, officer, row) for row in
            phone_bundles.open_lists(session, ulp=ulp, officer=officer)]  # fmt: skip


def _told(session: Session, ulp: str, officer: str, row: dict[str, Any]) -> dict[str, Any]:
    made = bundle(session, ulp, row["list_id"], officer)
    day = row["planned_on"]
    return {
        "list_id": row["list_id"], "job": row["job"], "title": row["title"],
        "planned_on": None if day is None else day.isoformat(), "orders": row["orders"],
        "bytes": len(made.body), "version": made.version,
    }  # fmt: skip


def bundle(session: Session, ulp: str, list_id: str, officer: str) -> Bundle:
    """Return what a phone takes along for one list; one that was made of the same data is kept.

    Raises
    ------
    NotThere
        If it is no open list of this officer.
    """
    moment = units.moment(session)
    key = (str(session.get_bind().engine.url), ulp, list_id, officer)
    kept = _KEPT.get(key)
    if kept is not None and kept[0] == moment:
        return kept[1]
    head = phone_bundles.one_list(session, ulp=ulp, list_id=list_id, officer=officer)
    with seen.gathering() as customers:
        made = replace(_made(session, ulp, head), customers=frozenset(customers))
    _KEPT[key] = (moment, made)
    while len(_KEPT) > _MOST_KEPT:
        _KEPT.popitem(last=False)
    return made


def _made(session: Session, ulp: str, head: dict[str, Any]) -> Bundle:
    job, list_id = FieldJob(head["job"]), head["list_id"]
    settings = units.unit_settings(session, ulp=ulp)
    rows = phone_bundles.orders(session, ulp=ulp, list_id=list_id)
    seen.note(rows["idpel"])
    near = {
        what: phone_bundles.nearest(session, ulp=ulp, list_id=list_id, what=what, count=OFFERED)
        for what in _offered(FORMS.get(job))
    }
    # Who checks a stand knows none before his own (R-SA-19), not even that of the month before.
    blind = "stand_sample" in head["content"]
    told = {
        "v": 1, "ulp": ulp, "list_id": list_id, "job": str(job), "title": head["title"],
        "blth": head["blth"], "officer": head["officer"], "content": head["content"],
        "planned_on": None if head["planned_on"] is None else head["planned_on"].isoformat(),
        "keep_days": settings.phone_keep_days, "sample": settings.sample,
        "form": FORMS[job].as_data() if job in FORMS else None,
        "orders": _orders(rows, near, job, {} if blind else _stands(session, ulp, head["blth"], rows, job)),
        "words": _words(FORMS.get(job), sorted({reason_at_the_door(r) for r in rows["reason"]}), job),
        **{what: _places(frame) for what, frame in near.items()},
    }  # fmt: skip
    told = _with_ground(session, ulp, list_id, told)
    version = hashlib.sha256(written(told)).hexdigest()[:16]
    done = _done(session, ulp, list(rows.index))
    return Bundle(written({**told, "version": version, "done": done}), version)


def written(told: dict[str, Any]) -> bytes:
    """Write a bundle in one way: the same content gives the same bytes."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"),
                      allow_nan=False, default=_plain).encode()  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} is nothing that a bundle holds")


def _offered(form: JobForm | None) -> tuple[str, ...]:
    """Return of what the nearest are offered, by what the form asks for."""
    kinds = {f.kind for f in form.fields} if form else set()
    return tuple(what for kind, what in (("gardu", "gardu"), ("pole", "tiang")) if kind in kinds)


def _orders(
    rows: pd.DataFrame, near: dict[str, pd.DataFrame], job: FieldJob, stands: dict[str, Any]
) -> list[dict[str, Any]]:
    beside = {what: _by_order(frame) for what, frame in near.items()}
    out = []
    row: Any
    for row in rows.itertuples():
        content = {**stands.get(str(row.idpel), {}), **(row.content or {})}
        question = _question(content.pop("question", None) or row.question)
        told = {
            "id": str(row.Index), "customer": row.customer, "stop": row.stop, "reason": reason_at_the_door(row.reason),
            "due": None if row.due_on is None else row.due_on.isoformat(),
            "address": row.address, "name": row.name if job in BY_NAME else None,
            "idpel": tail(row.idpel), "meter": tail(row.meter_number), "rbm": row.rbm,
            "lon": _degrees(row.lon), "lat": _degrees(row.lat), "content": content,
            "recorded_gardu": row.gardu if "gardu" in near else None,
            "recorded_tiang": row.tiang if "tiang" in near else None, "question": question,
            **{f"near_{what}": found.get(str(row.Index), []) for what, found in beside.items()},
        }  # fmt: skip
        out.append({k: v for k, v in told.items() if v not in (None, [], {})})
    return out


def reason_at_the_door(reason: Any) -> str:
    """Return why a house is visited as the phone may say it: who is a control is not told (R-SB-02).

    >>> reason_at_the_door("kontrol"), reason_at_the_door("baca_ulang")
    ('temuan', 'baca_ulang')
    """
    return "temuan" if reason == "kontrol" else str(reason)


def tail(number: Any) -> str | None:
    """Return the last digits of a number, None where there is none (a table's missing too).

    >>> tail("513540000123"), tail("M7"), tail(None)
    ('00123', 'M7', None)
    """
    return number[-TAIL:] if isinstance(number, str) and number else None


def _degrees(value: Any) -> float | None:
    """Return degrees to about a tenth of a metre."""
    return None if value is None or value != value else round(float(value), 6)


def _question(kept: str | None) -> list[str] | None:
    """Return a survey's question in both languages; what is no key is said as it stands."""
    if not kept:
        return None
    try:
        return [asked(str(kept), lang) for lang in ("id", "en")]
    except (KeyError, ValueError, TypeError):
        return [str(kept)] * 2


def _by_order(frame: pd.DataFrame) -> dict[str, list[list[Any]]]:
    out: dict[str, list[list[Any]]] = {}
    for order_id, code, away in zip(frame["order_id"], frame["code"], frame["away_m"], strict=True):
        out.setdefault(str(order_id), []).append([str(code), round(float(away))])
    return out


def _places(frame: pd.DataFrame) -> dict[str, list[float | None]]:
    seen = frame.drop_duplicates("code").sort_values("code")
    places = zip(seen["code"], seen["lon"], seen["lat"], strict=True)
    return {str(code): [_degrees(lon), _degrees(lat)] for code, lon, lat in places}


def _stands(
    session: Session, ulp: str, blth: str, rows: pd.DataFrame, job: FieldJob
) -> dict[str, dict[str, Any]]:
    """Return by idpel what a stand is held against: the month before, never the month itself."""
    if job not in WITH_STANDS:
        return {}
    idpels = sorted(set(rows["idpel"]))
    return {
        idpel: {"previous_stand_kwh": known.previous_stand_kwh, "multiplier": known.multiplier,
                "daya_va": known.daya_va, "before_kwh": list(known.before_kwh)}
        for idpel, known in own_readings.known(session, ulp=ulp, blth=blth, idpels=idpels).items()
    }  # fmt: skip


def _words(form: JobForm | None, reasons: Sequence[str], job: FieldJob) -> dict[str, list[str]]:
    keys = words_of(form) if form else []
    keys += [f"visit.reason.{reason}" for reason in reasons]
    if job in WITH_STANDS:
        keys += [key for key in MESSAGES if key.startswith("mark.")]
    # A word that is missing is shown by its key: a walk is not stopped for it.
    return {key: list(MESSAGES[key]) for key in keys if key in MESSAGES}


def _with_ground(session: Session, ulp: str, list_id: str, told: dict[str, Any]) -> dict[str, Any]:
    """Add who is around and the streets, as far as the bundle's size allows; say what was cut."""
    near = phone_bundles.around(session, ulp=ulp, list_id=list_id, within_m=AROUND_M, most=MOST_AROUND)  # fmt: skip
    streets = phone_bundles.streets(session, ulp=ulp, list_id=list_id, within_m=AROUND_M)
    people = [
        [row.customer, tail(row.idpel), tail(row.meter_number), _degrees(row.lon), _degrees(row.lat)]
        for row in near.itertuples()
    ]  # fmt: skip
    lines = [[[round(x, 5), round(y, 5)] for x, y in line.coords] for line in streets]
    cut = {"streets": False, "around": len(people) >= MOST_AROUND}
    # The version and the orders done come yet: 48 bytes an order.
    room = MOST_BYTES - len(written(told)) - 48 * len(told["orders"]) - 2_000
    sizes = [len(written({"": one})) for one in people]
    while sizes and sum(sizes) > room:
        cut["around"] = True
        sizes = sizes[: len(sizes) * 9 // 10]
    people = people[: len(sizes)]
    seen.note(near["idpel"].head(len(people)))
    if len(written({"": lines})) > room - sum(sizes):
        cut["streets"], lines = True, []
    return {**told, "around": people, "streets": lines, "cut": cut}


def _done(session: Session, ulp: str, order_ids: list[str]) -> list[str]:
    """Return the orders that some visit settled already, whoever made it."""
    said = visits.records(session, ulp=ulp, order_ids=order_ids)
    if said.empty:
        return []
    said["closes"] = [
        _closes(FORMS.get(FieldJob(str(job))), str(outcome))
        for job, outcome in zip(said["job"], said["outcome"], strict=True)
    ]  # fmt: skip
    orders = pd.DataFrame({"cancelled": False}, index=pd.Index(order_ids, name="order_id"))
    found = states(orders, said)
    return sorted(found.index[found["state"] == OrderState.SELESAI.value])


def _closes(form: JobForm | None, code: str) -> bool:
    outcome = form.outcome(code) if form else None
    return outcome is not None and outcome.closes

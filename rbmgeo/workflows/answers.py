"""SOP IV.4: take answers in, as facts, and what they would change as proposals."""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import looks, observations, proposals, records, survey, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.intake.rules import gardu as normalised
from rbmgeo.survey.observations import (
    Change,
    Observation,
    contradicted_fields,
    place_of,
    seen_changes,
)
from rbmgeo.survey.outcomes import NAMING, change_of, contradicted, recent
from rbmgeo.terms import ProposalState, Seen, SurveyOutcome

CONFLICT = "conflict"
#: The fields that an outcome, and not something seen beside it, would change.
OUTCOME_FIELDS = ("gardu", "status", "jenis_layanan")
_CONTENT = ["idpel", "outcome", "gardu", "tiang", "control", "officer", "answered_at"]
_STRANGER = [*observations.STRANGER]


@dataclass(frozen=True)
class AnswerSummary:
    """What became of some answers: ``good`` + ``skipped`` (known already) + ``strangers`` = read.

    ``strangers`` are about people that the unit does not have, kept apart; ``unknown`` names
    their idpel where the answer took them for customers of the unit.
    """

    ulp: str
    read: int
    good: int
    skipped: int
    unknown: tuple[str, ...]
    conflicts: int
    proposals: int
    strangers: int = 0


def record_answers(session: Session, ulp: str, answers: pd.DataFrame, *, who: str) -> AnswerSummary:
    """Keep answers as facts (append-only) and what they would change as proposals.

    ``answers``: good rows of `rbmgeo.intake.answers.read_answers`. A known ``client_id``
    with the same content is skipped, with other content kept as a conflict (R-CH-03).
    Answers about people that the unit does not have are kept apart, for a person to settle.
    """
    units.unit(session, ulp=ulp)
    observations.lock_answers(session, ulp=ulp)
    answers = _whole(answers)
    idpels = answers["idpel"].dropna().unique().tolist()
    known = survey.known_idpels(session, ulp=ulp, idpels=idpels)
    listed = answers["outcome"].ne(SurveyOutcome.TIDAK_DI_DAFTAR)
    here = listed & answers["idpel"].isin(list(known))
    strange = _keep_strangers(session, ulp, answers[~here], who)
    there = answers[here].drop(columns="row_no", errors="ignore")
    there = there.assign(gardu=_normalised(there["gardu"]))
    houses = there["idpel"].unique().tolist()
    before = survey.answers_touching(
        session, ulp=ulp, idpels=houses, client_ids=there["client_id"].unique().tolist()
    )
    fresh = _fresh(there, before, _seen_before(session, ulp, before))
    _keep(session, ulp, fresh, who)
    touched = fresh["idpel"].unique().tolist()
    clashing = clashes(session, ulp, touched)
    houses_apart = len({idpel for idpel, _ in clashing})
    clashing |= _said_twice(session, ulp, touched)
    rows = _proposals(session, ulp, fresh, clashing, who)
    proposals.add_proposals(session, ulp=ulp, rows=rows)
    pairs = sorted(clashing)
    proposals.mark_conflicts(
        session, ulp=ulp, idpels=[p[0] for p in pairs], fields=[p[1] for p in pairs]
    )
    log_command(
        session, who=who, ulp=ulp, command="survey answers",
        after={"answers": len(fresh), "proposals": len(rows), "strangers": strange},
        customers=touched,
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return AnswerSummary(
        ulp, len(answers), len(fresh), len(answers) - len(fresh) - strange,
        tuple(answers.loc[~here & listed, "idpel"]),
        int((fresh["conflict_no"] > 0).sum()) + houses_apart, len(rows), strange,
    )  # fmt: skip


def clashes(session: Session, ulp: str, idpels: list[str]) -> set[tuple[str, str]]:
    """Return (idpel, field) about which the answers of some houses contradict each other."""
    if not idpels:
        return set()
    told = survey.answers_touching(session, ulp=ulp, idpels=idpels, client_ids=[])
    said = told[told["idpel"].isin(idpels)]
    found = {(i, f) for i in contradicted(said) for f in OUTCOME_FIELDS}
    seen = observations.of_houses(session, ulp=ulp, idpels=idpels)
    return found | contradicted_fields(seen[recent(seen)])


def _said_twice(session: Session, ulp: str, idpels: list[str]) -> set[tuple[str, str]]:
    """Return (idpel, field) of what was said under an id that has other content too (R-CH-03).

    Whichever content came first, what either of them would change waits for a person.
    """
    told = survey.answers_touching(session, ulp=ulp, idpels=idpels, client_ids=[])
    counted = told.loc[~told["refused"].astype(bool), ["client_id", "idpel"]]
    said = counted[counted["client_id"].duplicated(keep=False)]
    if said.empty:
        return set()
    found = {(i, f) for i in said["idpel"] for f in (*OUTCOME_FIELDS, Seen.TIANG.value)}
    seen = observations.of_answers(session, ulp=ulp, client_ids=said["client_id"].unique().tolist())
    pairs = said.merge(seen[["client_id", "field"]], on="client_id")[["idpel", "field"]]
    return found | set(pairs.itertuples(index=False, name=None))


def wishes(
    session: Session, ulp: str, idpel: str, answer: tuple[str, int]
) -> set[tuple[str, str | None, str | None]]:
    """Return (field, subject, after) of what one kept answer would change in the record now."""
    told = survey.answers_touching(session, ulp=ulp, idpels=[idpel], client_ids=[])
    seen = _seen_before(session, ulp, told).get(answer, ())
    one = told[told["client_id"].eq(answer[0]) & told["conflict_no"].eq(answer[1])]
    kept = one.assign(observed=pd.Series([seen] * len(one), index=one.index, dtype=object))
    standing = records.standing(session, ulp=ulp, idpels=[idpel])
    places = _places(session, ulp, kept)
    return {
        (c.field, c.subject, c.after)
        for row in kept.itertuples()
        for c in _changes(row, standing.loc[idpel], places)
    }


def _whole(answers: pd.DataFrame) -> pd.DataFrame:
    """Give answers that saw nothing else an empty tuple of it, and every gardu its plain code."""
    if "observed" in answers:
        return answers.reset_index(drop=True)
    nothing = pd.Series([()] * len(answers), index=answers.index, dtype=object)
    return answers.assign(observed=nothing).reset_index(drop=True)


def _normalised(codes: pd.Series) -> pd.Series:
    """Write gardu codes as the unit's lists do (R-IM-10); missing stays missing."""
    text = codes.astype("str")
    return normalised(text).where(codes.notna(), None)


def _plain(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        v if isinstance(v, tuple)
        else None if pd.isna(v)
        else pd.Timestamp(v).tz_convert("UTC") if isinstance(v, datetime) else v
        for v in values
    )  # fmt: skip


def _seen_before(
    session: Session, ulp: str, before: pd.DataFrame
) -> dict[tuple[str, int], tuple[Observation, ...]]:
    """Return what was seen with known answers; a photo comes later and is no other content."""
    rows = observations.of_answers(session, ulp=ulp, client_ids=before["client_id"].tolist())
    out: dict[tuple[str, int], list[Observation]] = {}
    for row in rows[rows["field"] != Seen.PHOTO].itertuples():
        subject, accuracy = _plain((row.subject, row.accuracy_m))
        seen = Observation(str(row.field), str(row.value), subject, accuracy)
        out.setdefault((str(row.client_id), int(str(row.conflict_no))), []).append(seen)
    return {key: _sorted(seen) for key, seen in out.items()}


def _sorted(seen: "list[Observation] | tuple[Observation, ...]") -> tuple[Observation, ...]:
    return tuple(sorted(seen, key=lambda o: o.field))


def _fresh(
    answers: pd.DataFrame,
    before: pd.DataFrame,
    seen: dict[tuple[str, int], tuple[Observation, ...]],
) -> pd.DataFrame:
    """Keep what was not said before under the same id; other content gets the next number."""
    said: dict[str, list[tuple[Any, ...]]] = {}
    for client_id, number, *values in before[["client_id", "conflict_no", *_CONTENT]].itertuples(
        index=False, name=None
    ):
        told = (*_plain(tuple(values)), seen.get((client_id, number), ()))
        said.setdefault(client_id, []).append(told)
    rows = []
    columns = ["client_id", *_CONTENT, "observed"]
    for client_id, *values, observed in answers[columns].itertuples(index=False, name=None):
        known = said.setdefault(client_id, [])
        told = (*_plain(tuple(values)), _sorted(observed))
        if told not in known:
            rows.append((client_id, *values, _sorted(observed), len(known)))
            known.append(told)
    return pd.DataFrame(rows, columns=[*columns, "conflict_no"])


def _keep(session: Session, ulp: str, fresh: pd.DataFrame, who: str) -> None:
    met = survey.promises(session, ulp=ulp, idpels=fresh["idpel"].unique().tolist())
    asked = looks.asked(session, ulp=ulp)
    rows = fresh.drop(columns="observed").merge(met, on="idpel", how="left")
    rows = rows.assign(given_by=who or None, look_id=rows["idpel"].map(asked).astype("Int64"))
    survey.add_answers(session, ulp=ulp, rows=rows)
    columns = fresh[["client_id", "conflict_no", "observed"]]
    told: list[tuple[str, int, tuple[Observation, ...]]] = list(
        columns.itertuples(index=False, name=None)
    )
    seen = [
        {"client_id": client_id, "conflict_no": number, **asdict(o), "observed_by": who}
        for client_id, number, observed in told for o in observed
    ]  # fmt: skip
    if seen:
        observations.add(session, ulp=ulp, rows=pd.DataFrame(seen))


def _proposals(
    session: Session, ulp: str, fresh: pd.DataFrame, clashing: set[tuple[str, str]], who: str
) -> list[dict[str, Any]]:
    """Turn answers into proposals; of equal wishes about one customer one is enough."""
    idpels = fresh["idpel"].unique().tolist()
    standing = records.standing(session, ulp=ulp, idpels=idpels)
    places = _places(session, ulp, fresh)
    asked = {
        (p.idpel, p.field, p.subject, p.after)
        for p in proposals.undecided(session, ulp=ulp, idpels=idpels)
    }
    rows = []
    answers: list[Any] = list(fresh.itertuples())
    for answer in answers:
        for change in _changes(answer, standing.loc[answer.idpel], places):
            key = (str(answer.idpel), change.field, change.subject, change.after)
            if key in asked:
                continue
            asked.add(key)
            doubtful = (answer.idpel, change.field) in clashing or answer.conflict_no > 0
            rows.append(
                {"idpel": answer.idpel, **asdict(change),
                 "client_id": uuid.UUID(str(answer.client_id)),
                 "state": CONFLICT if doubtful else ProposalState.OPEN.value,
                 "proposed_by": who or str(answer.officer or "-")}
            )  # fmt: skip
    return rows


def _changes(answer: Any, standing: Any, places: dict[tuple[str, str], str | None]) -> list[Change]:
    """Return all that one answer would change, the outcome's first; a field stands once."""
    seen = [Observation(o.field, o.value, _code(o), o.accuracy_m) for o in answer.observed]
    if isinstance(answer.tiang, str) and answer.outcome in NAMING:
        seen.append(Observation(Seen.TIANG, answer.tiang))
    first = change_of(answer, standing)
    rest = seen_changes(tuple(seen), standing, places)
    return ([first] if first else []) + [c for c in rest if not first or c.field != first.field]


def _code(seen: Observation) -> str | None:
    """Write the gardu whose place was seen as the unit's lists do; a pole stays as it was written."""
    if seen.field != Seen.GARDU_POINT or seen.subject is None:
        return seen.subject
    return str(normalised(pd.Series([seen.subject], dtype="str")).iloc[0])


def _places(session: Session, ulp: str, fresh: pd.DataFrame) -> dict[tuple[str, str], str | None]:
    """Return where the poles and gardu lie whose places were told."""
    out: dict[tuple[str, str], str | None] = {}
    for kind in observations.TABLES:
        codes = {_code(o) for seen in fresh["observed"] for o in seen if o.field == kind}
        known = observations.places(
            session, ulp=ulp, kind=kind, codes=sorted(c for c in codes if c)
        )
        out |= {(kind, code): place for code, place in known.items()}
    return out


def _keep_strangers(session: Session, ulp: str, answers: pd.DataFrame, who: str) -> int:
    """Keep the notes about people on no list; the same note twice counts once (R-CH-03)."""
    if answers.empty:
        return 0
    before = observations.strangers(
        session, ulp=ulp, client_ids=answers["client_id"].unique().tolist()
    )
    said: dict[str, list[tuple[Any, ...]]] = {}
    for client_id, *row in before[["client_id", *_STRANGER]].itertuples(index=False, name=None):
        said.setdefault(client_id, []).append(_plain(tuple(row)))
    rows = []
    for answer in answers.itertuples():
        told = _stranger(answer)
        values = _plain(tuple(told[name] for name in _STRANGER))
        known = said.setdefault(str(answer.client_id), [])
        if values not in known:
            rows.append({**told, "client_id": answer.client_id, "conflict_no": len(known),
                         "given_by": who or None})  # fmt: skip
            known.append(values)
    if rows:
        observations.add_strangers(session, ulp=ulp, rows=pd.DataFrame(rows))
    return len(rows)


def _stranger(answer: Any) -> dict[str, Any]:
    seen = {o.field: o for o in answer.observed}
    point = seen.get(Seen.POINT)
    lon, lat = place_of(point.value) if point else (None, None)
    gardu = _normalised(pd.Series([answer.gardu], dtype=object)).iloc[0]

    def text(name: Seen) -> str | None:
        return seen[name].value if name in seen else None

    return {
        "idpel": answer.idpel if isinstance(answer.idpel, str) else None,
        "outcome": answer.outcome, "gardu": gardu, "tiang": answer.tiang,
        "meter_number": text(Seen.METER_NUMBER), "rbm": text(Seen.RBM),
        "status": text(Seen.STATUS), "note": text(Seen.NOTE), "officer": answer.officer,
        "lon": lon, "lat": lat, "accuracy_m": point.accuracy_m if point else None,
        "answered_at": answer.answered_at,
    }  # fmt: skip

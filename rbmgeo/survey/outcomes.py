"""What an answer at the house means for the record: a proposal, or nothing to change."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from rbmgeo.terms import ReadBy, Service, SurveyOutcome

#: Answers that settle a house until a newer survey (R-MA-10); the others may be asked again.
SETTLING = frozenset(SurveyOutcome) - {SurveyOutcome.TIDAK_DITEMUKAN, SurveyOutcome.TIDAK_TERLACAK}
#: Answers that name the gardu of a house.
NAMING = (SurveyOutcome.COCOK, SurveyOutcome.GARDU_LAIN, SurveyOutcome.TIANG_BERSAMA)
#: Two answers about one house within so many days that say different things contradict.
SAME_SURVEY_DAYS = 31


@dataclass(frozen=True)
class Change:
    """One change that an answer asks for: which field, from what, to what."""

    field: str
    before: str | None
    after: str | None


def change_of(answer: Any, standing: Any) -> Change | None:
    """Return what an answer would change in the record, None if nothing.

    ``answer`` has ``outcome`` and ``gardu`` (normalised, or None); ``standing`` what the
    record says now: ``gardu``, ``jenis_layanan``, ``dibaca_oleh``, ``active``. A survey
    outranks what was computed (R-MA-10), yet it is a person who approves (R-CH-01).
    """
    now = standing.gardu if isinstance(standing.gardu, str) else None
    found = answer.gardu if isinstance(answer.gardu, str) else None
    if answer.outcome in (SurveyOutcome.GARDU_LAIN, SurveyOutcome.TIANG_BERSAMA):
        return Change("gardu", now, found) if found and found != now else None
    if answer.outcome == SurveyOutcome.DIBONGKAR:
        return Change("status", "aktif", "bongkar") if standing.active else None
    if answer.outcome == SurveyOutcome.PRA_BAYAR:
        service = f"{standing.jenis_layanan}/{standing.dibaca_oleh}"
        prepaid = f"{Service.PRA}/{ReadBy.TIDAK}"
        if standing.jenis_layanan != Service.PRA:
            return Change("jenis_layanan", service, prepaid)
    return None


def contradicted(answers: pd.DataFrame) -> "set[str]":
    """Return customers about whom answers of one survey say different things.

    ``answers``: idpel, outcome, gardu, answered_at (may be missing), one row an answer.
    Outcomes that found nothing contradict nothing.
    """
    said = answers[answers["outcome"].isin([str(o) for o in SETTLING])].copy()
    moment = pd.to_datetime(said["answered_at"], utc=True)
    last = moment.groupby(said["idpel"]).transform("max")
    recent = moment.isna() | ((last - moment).dt.days < SAME_SURVEY_DAYS)
    said["said"] = said["outcome"] + "|" + said["gardu"].astype("str").fillna("")
    kinds = said[recent].groupby("idpel")["said"].nunique()
    return set(kinds.index[kinds > 1])


def surveyed_gardu(answers: pd.DataFrame) -> pd.Series:
    """Return the gardu that the newest survey found at each house (R-MA-10).

    Parameters
    ----------
    answers
        One row an answer, oldest first: idpel, outcome, ``gardu``, ``recorded`` (the record
        when it was asked, which "cocok" confirms), answered_at, ``refused`` (a person
        rejected what it proposed).

    Returns
    -------
    Series
        Index idpel, sorted. Left out are houses whose answers contradict each other: a
        person decides there first.
    """
    doubtful = contradicted(answers)
    said = answers[
        answers["outcome"].isin([str(o) for o in NAMING])
        & ~answers["refused"].astype(bool)
        & ~answers["idpel"].isin(list(doubtful))
    ]
    found = said["gardu"].where(said["outcome"] != SurveyOutcome.COCOK, said["recorded"])
    newest = pd.Series(found.to_numpy(), index=said["idpel"], dtype="str").dropna()
    return newest[~newest.index.duplicated(keep="last")].sort_index().rename("surveyed")


def found_wrong(answers: pd.DataFrame) -> pd.DataFrame:
    """Return the houses whose record an answer confirmed or denied, one row each.

    ``answers``: as `surveyed_gardu` takes them, with any further columns. The newest answer
    counts. Cannot tell is not found: it is left out, as are contradictions and refusals.
    Adds ``wrong``: the surveyor found another gardu than was recorded.
    """
    doubtful = contradicted(answers)
    told = answers[
        answers["outcome"].isin([str(o) for o in NAMING])
        & ~answers["refused"].astype(bool)
        & ~answers["idpel"].isin(list(doubtful))
    ]
    # Two gardu on the pole and none named: nothing is known of the record.
    told = told[told["outcome"].eq(SurveyOutcome.COCOK) | told["gardu"].notna()]
    told = told[~told["idpel"].duplicated(keep="last")]
    same = told["outcome"].eq(SurveyOutcome.COCOK) | (told["gardu"] == told["recorded"])
    return told.assign(wrong=~same.astype(bool)).sort_values("idpel", ignore_index=True)

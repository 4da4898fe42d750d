"""What an answer at the house means for the record: a proposal, or nothing to change."""

from typing import Any

import pandas as pd

from rbmgeo.survey.observations import Change
from rbmgeo.terms import ReadBy, Service, SurveyOutcome

__all__ = ["Change", "change_of", "contradicted", "found_wrong", "settled", "surveyed_gardu"]

#: Answers that settle a house until a newer survey (R-MA-10); the others may be asked again.
#: Not found and cannot tell are two things, and neither settles anything.
SETTLING = frozenset(SurveyOutcome) - {
    SurveyOutcome.TIDAK_DITEMUKAN, SurveyOutcome.TIDAK_TERLACAK, SurveyOutcome.TIDAK_DI_DAFTAR,
}  # fmt: skip
#: Answers that name the gardu of a house.
NAMING = (SurveyOutcome.COCOK, SurveyOutcome.GARDU_LAIN, SurveyOutcome.TIANG_BERSAMA)
#: Two answers about one house within so many days that say different things contradict.
SAME_SURVEY_DAYS = 31


def change_of(answer: Any, standing: Any) -> Change | None:
    """Return what an outcome would change in the record, None if nothing.

    ``answer`` has ``outcome`` and ``gardu`` (normalised, or None); ``standing`` what the
    record says now: ``gardu``, ``jenis_layanan``, ``dibaca_oleh``, ``active``. A survey
    outranks what was computed (R-MA-10), yet it is a person who approves (R-CH-01).
    """
    now = standing.gardu if isinstance(standing.gardu, str) else None
    found = answer.gardu if isinstance(answer.gardu, str) else None
    if answer.outcome in (SurveyOutcome.GARDU_LAIN, SurveyOutcome.TIANG_BERSAMA):
        return Change("gardu", now, found) if found and found != now else None
    if answer.outcome == SurveyOutcome.DIBONGKAR:
        status = getattr(standing, "status", "aktif")
        return Change("status", status, "bongkar") if standing.active else None
    if answer.outcome == SurveyOutcome.PRA_BAYAR:
        service = f"{standing.jenis_layanan}/{standing.dibaca_oleh}"
        prepaid = f"{Service.PRA}/{ReadBy.TIDAK}"
        if standing.jenis_layanan != Service.PRA:
            return Change("jenis_layanan", service, prepaid)
    return None


def recent(answers: pd.DataFrame) -> pd.Series:
    """Mark the answers that belong to the newest survey of their house (True where undated)."""
    moment = pd.to_datetime(answers["answered_at"], utc=True)
    last = moment.groupby(answers["idpel"]).transform("max")
    return moment.isna() | ((last - moment).dt.days < SAME_SURVEY_DAYS)


def contradicted(answers: pd.DataFrame) -> "set[str]":
    """Return customers about whom answers of one survey say different things.

    ``answers``: idpel, outcome, gardu, answered_at (may be missing), one row an answer; where
    they are there, ``recorded`` (the record that was met: "cocok" names it) and ``refused`` (a
    person decided against it, so it contradicts nothing any more). Outcomes that found nothing
    contradict nothing, nor does a shared pole without a gardu.
    """
    said = answers[answers["outcome"].isin([str(o) for o in SETTLING])]
    if "refused" in said:
        said = said[~said["refused"].astype(bool)]
    unnamed = said["outcome"].eq(SurveyOutcome.TIANG_BERSAMA) & said["gardu"].isna()
    said = said[~unnamed]
    met = said["recorded"] if "recorded" in said else pd.Series(None, said.index, dtype="str")
    right = said["outcome"].eq(SurveyOutcome.COCOK)
    gardu = said["gardu"].where(~right, met).astype("str")
    words = said["outcome"].astype("str")
    naming = words.isin([str(o) for o in NAMING]) & gardu.notna()
    words = words.where(~naming, "gardu|" + gardu.fillna(""))
    kinds = words[recent(said)].groupby(said["idpel"]).nunique()
    return set(kinds.index[kinds > 1])


def settled(answers: pd.DataFrame) -> "set[str]":
    """Return the houses that an answer settles (R-MA-10); they are not asked again.

    ``answers``: as `contradicted` takes them. Neither not found nor cannot tell settles a
    house, nor an answer that a person decided against.
    """
    said = answers[answers["outcome"].isin([str(o) for o in SETTLING])]
    if "refused" in said:
        said = said[~said["refused"].astype(bool)]
    return set(said["idpel"])


def surveyed_gardu(answers: pd.DataFrame) -> pd.Series:
    """Return the gardu that the newest survey found at each house (R-MA-10).

    Parameters
    ----------
    answers
        One row an answer, oldest first: idpel, outcome, ``gardu``, ``recorded`` (the record
        when it was asked, which "cocok" confirms), answered_at, ``refused`` (a person
        rejected what it proposed, or believed another answer).

    Returns
    -------
    Series
        Index idpel, sorted. Left out are houses whose answers contradict each other: a
        person decides there first.
    """
    said = _counting(answers)
    found = said["gardu"].where(said["outcome"] != SurveyOutcome.COCOK, said["recorded"])
    newest = pd.Series(found.to_numpy(), index=said["idpel"], dtype="str").dropna()
    return newest[~newest.index.duplicated(keep="last")].sort_index().rename("surveyed")


def found_wrong(answers: pd.DataFrame) -> pd.DataFrame:
    """Return the houses whose record an answer confirmed or denied, one row each.

    ``answers``: as `surveyed_gardu` takes them, with any further columns. The newest answer
    counts. Cannot tell is not found: it is left out, as are contradictions and refusals.
    Adds ``wrong``: the surveyor found another gardu than was recorded.
    """
    told = _counting(answers)
    # Two gardu on the pole and none named: nothing is known of the record.
    told = told[told["outcome"].eq(SurveyOutcome.COCOK) | told["gardu"].notna()]
    told = told[~told["idpel"].duplicated(keep="last")]
    same = told["outcome"].eq(SurveyOutcome.COCOK) | (told["gardu"] == told["recorded"])
    return told.assign(wrong=~same.astype(bool)).sort_values("idpel", ignore_index=True)


def _counting(answers: pd.DataFrame) -> pd.DataFrame:
    """Return the answers that name a gardu, that nobody refused and none contradicts."""
    doubtful = contradicted(answers)
    return answers[
        answers["outcome"].isin([str(o) for o in NAMING])
        & ~answers["refused"].astype(bool)
        & ~answers["idpel"].isin(list(doubtful))
    ]

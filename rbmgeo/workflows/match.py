"""SOP IV.3: match both lists, doubt the records, keep what was found."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import energy, event_effects, lists, survey, units, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo
from rbmgeo.matching.events import lines_after
from rbmgeo.survey.outcomes import surveyed_gardu
from rbmgeo.survey.sisipan import answers_since
from rbmgeo.unit.matched import Doubted, Matched, MatchTables, doubted, matched, taken_over

Progress = Callable[[str, int, int], None]

#: So many look for neighbours; what they find is the same for any number of them.
THREADS = 2


@dataclass(frozen=True)
class MatchSummary:
    """How many customers fell into which class, and how many findings are worth a visit.

    ``customers`` is the union of both lists; ``outside`` counts active customers that stand
    in neither (known by a token or a point alone), so that nobody is out of sight.
    """

    ulp: str
    customers: int
    classes: dict[str, int]
    findings: int | None
    tiers: dict[str, int]
    outside: int


def match_ulp(
    session: Session,
    ulp: str,
    *,
    detect_errors: bool = True,
    who: str = "",
    progress: Progress | None = None,
) -> MatchSummary:
    """Match one unit and keep the result in place of the last one; the caller commits.

    Without ``detect_errors`` it stops after the candidates; earlier findings stay.
    """
    tell = progress or (lambda step, done, total: None)
    settings = units.unit_settings(session, ulp=ulp)
    tell("membaca / loading", 0, 3)
    tables = match_tables(session, ulp)
    if tables.nothing:
        raise NothingToDo(
            f"unit {ulp} has neither list yet; import a DPM or PDPJ file first",
            f"unit {ulp} belum punya kedua daftar; impor berkas DPM atau PDPJ dulu",
        )
    tell("mencocokkan / matching", 1, 3)
    done = matched(tables, settings, detect_errors=detect_errors, threads=THREADS)
    tell("menilai / assessing", 2, 3)
    run_id = begin_match(session, ulp, detect_errors=detect_errors, who=who)
    # The database keeps the classes while the candidates are looked for.
    with ThreadPoolExecutor(1) as beside:
        kept = beside.submit(work.replace_matches, session, ulp=ulp, run_id=run_id, matches=done.matches)  # fmt: skip
        doubt = doubted(tables, done, settings, detect_errors=detect_errors)
        kept.result()
    summary = summary_of(ulp, tables.customers, done, doubt)
    keep_doubts(session, ulp, run_id, doubt, summary)
    units.bump(session, ulp=ulp)
    tell("menilai / assessing", 3, 3)
    return summary


def begin_match(session: Session, ulp: str, *, detect_errors: bool, who: str) -> int:
    """Keep that a matching was run, and by whom; return its number."""
    run_id = work.add_run(
        session, ulp=ulp, step="match", params={"detect": detect_errors}, summary={}, who=who
    )
    log_command(session, who=who, ulp=ulp, command="match", after={"run_id": run_id})
    return run_id


def keep_doubts(
    session: Session, ulp: str, run_id: int, doubt: Doubted, summary: MatchSummary
) -> None:
    """Keep candidates and findings in place of those before, and what they sum to."""
    work.replace_candidates(session, ulp=ulp, run_id=run_id, candidates=doubt.candidates)
    if doubt.findings is not None:
        work.replace_findings(session, ulp=ulp, run_id=run_id, findings=doubt.findings)
    told = {k: v for k, v in asdict(summary).items() if k != "ulp"}
    work.set_summary(
        session, ulp=ulp, run_id=run_id, summary=told | {"calibration": asdict(doubt.calibration)}
    )


def summary_of(ulp: str, customers: pd.DataFrame, done: Matched, doubt: Doubted) -> MatchSummary:
    """Count what a matching found."""
    known = customers.index[customers["active"].astype(bool)]
    outside = len(known.difference(done.matches.index))
    return MatchSummary(ulp, len(done.matches), done.classes, doubt.found, doubt.tiers, outside)


def match_tables(session: Session, ulp: str) -> MatchTables:
    """Load what matching takes of a unit."""
    unit = units.unit(session, ulp=ulp)
    srid = unit.utm_srid
    settings = units.unit_settings(session, ulp=ulp)
    metered_kwh, used_kwh = energy.metered(session, ulp=ulp)
    customers = lists.customers(session, ulp=ulp, srid=srid)
    pdpj = lists.pdpj_lines(session, ulp=ulp)
    moved = event_effects.taken_over(session, ulp=ulp)
    happened = taken_over(moved, _poles_now(pdpj, customers)) if len(moved) else ()
    jtr = lists.jtr(session, ulp=ulp, srid=srid)
    told = answers_since(
        survey.told_gardu(session, ulp=ulp), event_effects.moved_on(session, ulp=ulp)
    )
    return MatchTables(
        metered_kwh=metered_kwh, used_kwh=used_kwh, customers=customers,
        rbm=lists.rbm_list(session, ulp=ulp),
        pdpj=pdpj,
        gardu=lists.gardu(session, ulp=ulp, srid=srid),
        jtr=gpd.GeoDataFrame(lines_after(jtr, happened)),
        drops=lists.drops(session, ulp=ulp),
        code_d=lists.code_d(session, ulp=ulp, periods=settings.code_d_periods),
        surveyed=surveyed_gardu(told),
        poles=gpd.GeoSeries(lists.tiang(session, ulp=ulp, srid=srid)["geometry"]),
        answers=survey.answered_promises(session, ulp=ulp), events=happened,
    )  # fmt: skip


def _poles_now(pdpj: pd.DataFrame, customers: gpd.GeoDataFrame) -> pd.DataFrame:
    tiang = pdpj["tiang"].fillna(pdpj["idpel"].map(customers["tiang"]))
    return pdpj[["gardu"]].assign(tiang=tiang).dropna()

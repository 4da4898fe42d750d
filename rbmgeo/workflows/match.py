"""SOP IV.3: match both lists, doubt the records, keep what was found."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import energy, event_effects, lists, survey, units, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo
from rbmgeo.frames import reindexed
from rbmgeo.geo import coordinates
from rbmgeo.labels.questions import naming
from rbmgeo.matching.calibrate import Calibration, calibration
from rbmgeo.matching.candidates import CandidateParams, Candidates, candidates
from rbmgeo.matching.compare import CompareParams, compare
from rbmgeo.matching.detector.detect import Context, detect
from rbmgeo.matching.detector.scene import NEIGHBOURS
from rbmgeo.matching.events import TakenOver, lines_after, without_old_walks
from rbmgeo.matching.findings import Evidence, assess, findings
from rbmgeo.matching.identity import proposed_by_meter, with_same_meter
from rbmgeo.matching.lines import first_line
from rbmgeo.matching.neighbours import Neighbourhood, neighbourhood
from rbmgeo.matching.patches import patches
from rbmgeo.matching.suspicion import Suspicion
from rbmgeo.matching.trace import carried, recorded_poles, trace_drops, trace_poles
from rbmgeo.survey.outcomes import found_wrong, surveyed_gardu
from rbmgeo.survey.patch_lines import Network, lines_of_patches
from rbmgeo.survey.sisipan import answers_since
from rbmgeo.terms import Tier

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


@dataclass(frozen=True)
class _Lists:
    customers: gpd.GeoDataFrame
    rbm: pd.DataFrame
    pdpj: pd.DataFrame
    gardu: gpd.GeoDataFrame
    jtr: gpd.GeoDataFrame
    drops: pd.DataFrame
    code_d: "pd.Index[str]"
    surveyed: pd.Series
    poles: gpd.GeoSeries
    metered_kwh: pd.Series
    used_kwh: pd.Series
    events: tuple[TakenOver, ...]


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
    tables = _load(session, ulp)
    if tables.rbm.empty and tables.pdpj.empty:
        raise NothingToDo(
            f"unit {ulp} has neither list yet; import a DPM or PDPJ file first",
            f"unit {ulp} belum punya kedua daftar; impor berkas DPM atau PDPJ dulu",
        )
    tell("mencocokkan / matching", 1, 3)
    recorded = undisputed(tables.pdpj, tables.customers)
    points = _points(tables.customers, recorded)
    looked_at = NEIGHBOURS if detect_errors else CandidateParams().neighbours
    hood = neighbourhood(points, looked_at, threads=THREADS)
    matches = compare(
        tables.customers, tables.rbm, tables.pdpj, tables.gardu,
        code_d=tables.code_d, surveyed=tables.surveyed, poles=tables.poles, hood=hood,
        params=CompareParams.of(settings),
    )  # fmt: skip
    classes = {str(k): int(v) for k, v in matches["match"].value_counts().sort_index().items()}
    tell("menilai / assessing", 2, 3)
    nobody = pd.Series(dtype="str")
    connected, several = _walked(tables) if detect_errors else (nobody, nobody)
    # What a survey denied votes with the gardu it found; what it confirmed is judged all the same.
    denied = tables.surveyed[tables.surveyed != recorded.reindex(tables.surveyed.index)]
    known = denied.combine_first(connected) if len(connected) else denied
    run_id = work.add_run(
        session, ulp=ulp, step="match", params={"detect": detect_errors}, summary={}, who=who
    )
    log_command(session, who=who, ulp=ulp, command="match", after={"run_id": run_id})
    # The database keeps the classes while the candidates are looked for.
    with ThreadPoolExecutor(1) as beside:
        kept = beside.submit(work.replace_matches, session, ulp=ulp, run_id=run_id, matches=matches)
        doubt = _doubt(recorded, points, tables, known if detect_errors else None, hood)
        kept.result()
    work.replace_candidates(session, ulp=ulp, run_id=run_id, candidates=doubt.candidates)
    found: int | None = None
    tiers: dict[str, int] = {}
    fitted = Calibration()
    if detect_errors:
        fitted = _calibrated(doubt, survey.answered_promises(session, ulp=ulp))
        walks = Evidence(doubt.frame, connected, several, tables.surveyed)
        table = _findings(recorded, walks, tables, matches, settings.finding_limit)
        work.replace_findings(session, ulp=ulp, run_id=run_id, findings=table)
        found = int((table["kind"] != "ok").sum())
        tiers = {str(k): int(v) for k, v in table["tier"].value_counts().sort_index().items()}
    known = tables.customers.index[tables.customers["active"].astype(bool)]
    outside = len(known.difference(matches.index))
    summary = MatchSummary(ulp, len(matches), classes, found, tiers, outside)
    work.set_summary(
        session, ulp=ulp, run_id=run_id,
        summary={"customers": summary.customers, "classes": classes, "findings": found, "tiers": tiers,
                 "outside": outside, "calibration": asdict(fitted)},
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    tell("menilai / assessing", 3, 3)
    return summary


def undisputed(pdpj_lines: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    """Return the recorded gardu of active customers; of several lines the first, by line.

    Lines that contradict each other are doubted as well: which is right is the question.
    """
    gardu = first_line(pdpj_lines.dropna(subset=["gardu"]), "gardu")["gardu"]
    active = reindexed(customers["active"], gardu.index).fillna(False).to_numpy(bool)
    return pd.Series(gardu[active])


def _load(session: Session, ulp: str) -> _Lists:
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
    return _Lists(
        metered_kwh=metered_kwh, used_kwh=used_kwh, customers=customers,
        rbm=lists.rbm_list(session, ulp=ulp),
        pdpj=pdpj,
        gardu=lists.gardu(session, ulp=ulp, srid=srid),
        jtr=gpd.GeoDataFrame(lines_after(jtr, happened)),
        drops=lists.drops(session, ulp=ulp),
        code_d=lists.code_d(session, ulp=ulp, periods=settings.code_d_periods),
        surveyed=surveyed_gardu(told),
        poles=gpd.GeoSeries(lists.tiang(session, ulp=ulp, srid=srid)["geometry"]),
        events=happened,
    )  # fmt: skip


def _poles_now(pdpj: pd.DataFrame, customers: gpd.GeoDataFrame) -> pd.DataFrame:
    tiang = pdpj["tiang"].fillna(pdpj["idpel"].map(customers["tiang"]))
    return pdpj[["gardu"]].assign(tiang=tiang).dropna()


def taken_over(moved: pd.DataFrame, poles_now: pd.DataFrame) -> tuple[TakenOver, ...]:
    """Return what each approved event took over: poles by the walk that chose them, else by record.

    ``moved``: rows of `rbmgeo.db.queries.event_effects.taken_over`, in the order of approval.
    ``poles_now``: ``tiang`` and ``gardu`` recorded of every customer; a pole on which somebody
    stays with the old gardu is shared.
    """
    out = []
    for _, rows in moved.groupby("event_id", sort=False):
        first = rows.iloc[0]
        stay = frozenset(poles_now.loc[poles_now["gardu"] == first["old_gardu"], "tiang"])
        poles = frozenset(first["choice"].get("poles") or ()) | frozenset(rows["tiang"].dropna())
        out.append(
            TakenOver(
                first["old_gardu"], first["new_gardu"], poles - stay, poles & stay,
                frozenset(rows["idpel"]),
            )
        )  # fmt: skip
    return tuple(out)


def _points(customers: gpd.GeoDataFrame, recorded: pd.Series) -> gpd.GeoSeries:
    """Return the positions of the recorded customers that have one."""
    points = gpd.GeoSeries(reindexed(customers["geometry"], recorded.index))
    return points[~np.isnan(coordinates(points)[:, 0])]


def _doubt(
    recorded: pd.Series,
    points: gpd.GeoSeries,
    tables: _Lists,
    known: "pd.Series | None",
    hood: Neighbourhood,
) -> Suspicion:
    """Doubt the records of all but the ``known``; where that is None only candidates are wanted."""
    recorded = reindexed(recorded, points.index)
    if points.empty:
        columns = ["p", "proposed_gardu", "vote", "vote_other", "distance_m",
                   "proposed_distance_m", "transport", "tier"]  # fmt: skip
        return Suspicion(pd.DataFrame(columns=columns, index=recorded.index), Candidates.none())
    if known is None:
        nobody = pd.DataFrame(index=recorded.index[:0])
        return Suspicion(nobody, candidates(points, recorded, tables.gardu, hood=hood))
    load = tables.customers["daya_va"].astype(float)
    context = Context(
        walk=reading_order(tables.rbm), jtr=tables.jtr, load=load,
        tiang=recorded_poles(tables.pdpj, tables.customers["tiang"]),
        carried=carried(tables.jtr, tables.poles, gpd.GeoSeries(tables.gardu["geometry"])),
        used_kwh=tables.used_kwh, metered_kwh=tables.metered_kwh,
    )  # fmt: skip
    return detect(points, recorded, tables.gardu, context, known=known, hood=hood)


def reading_order(rbm_list: pd.DataFrame) -> pd.DataFrame:
    """Return each customer's ``rbm`` and ``place`` in its walk (index idpel), by urut and sisipan."""
    first = first_line(rbm_list, "rbm").reset_index()
    urut = pd.to_numeric(first["urut"], errors="coerce")
    sisipan = pd.to_numeric(first["sisipan"], errors="coerce").fillna(0)
    known = first.assign(urut=urut, sisipan=sisipan)[urut.notna()]
    known = known.sort_values(["rbm", "urut", "sisipan", "idpel"], ignore_index=True)
    return known.assign(place=known.index).set_index("idpel")[["rbm", "place"]]


def _calibrated(doubt: Suspicion, answers: pd.DataFrame) -> Calibration:
    """Let surveyed houses correct p; keep what was computed as ``raw_p``."""
    told = found_wrong(answers).dropna(subset=["raw_p"])
    fitted = calibration(told["raw_p"].to_numpy(float), told["wrong"].to_numpy(bool))
    frame = doubt.frame
    frame["raw_p"] = frame["p"]
    frame["p"] = fitted.applied(frame["p"]).round(6)
    if "parts" in frame and fitted.answers:
        scaled = [fitted.of_parts(p) if isinstance(p, dict) else None for p in frame["parts"]]
        frame["parts"] = pd.Series(scaled, index=frame.index, dtype=object)
    return fitted


def _walked(tables: _Lists) -> tuple[pd.Series, pd.Series]:
    """Return the gardu that a walk along drops or poles arrives at, and poles that carry several."""
    poles = recorded_poles(tables.pdpj, tables.customers["tiang"])
    one, several = trace_poles(poles, tables.jtr)
    walked = trace_drops(
        tables.customers["service_point"], tables.drops, tables.jtr, tables.gardu["lv_node"]
    )
    arrived = walked.combine_first(one) if len(one) else walked
    return without_old_walks(arrived, tables.events), several


def _findings(
    recorded: pd.Series, evidence: Evidence, tables: _Lists, matches: pd.DataFrame, limit: float
) -> pd.DataFrame:
    assessed = assess(recorded, evidence, limit=limit)
    assessed["reasons"] = with_same_meter(
        assessed["reasons"], proposed_by_meter(tables.customers["meter_number"], matches["match"])
    )
    # A surveyed house asks nothing more, so it is no part of a patch to walk along.
    doubted = assessed[(assessed["p"] >= limit) & (assessed["tier"] != Tier.SV)].assign(
        gardu=recorded
    )
    points = gpd.GeoSeries(tables.customers["geometry"]).reindex(doubted.index)
    block = evidence.suspicion.get("block")
    patch = patches(doubted[["gardu", "proposed_gardu"]], points, block=block)
    table = findings(matches, assessed, patch, limit=limit)
    return _naming_lines(table, tables)


def _naming_lines(table: pd.DataFrame, tables: _Lists) -> pd.DataFrame:
    """Let the question of a patch name the jurusan to walk, where lines tie its houses to one."""
    grouped = table["question"].eq("question.patch")
    if not grouped.any() or tables.jtr.empty:
        return table
    poles = recorded_poles(tables.pdpj, tables.customers["tiang"])
    known = tables.drops.dropna(subset=["service_point", "tiang"])
    by_drop = known.drop_duplicates("service_point").set_index("service_point")["tiang"]
    poles = poles.combine_first(tables.customers["service_point"].map(by_drop).dropna())
    points = gpd.GeoSeries(tables.customers["geometry"])
    network = Network(tables.jtr, tables.poles, tables.gardu, poles)
    lines = lines_of_patches(table.loc[grouped], points, network)
    told = {
        patch: naming(
            "question.patch_drawn" if line["derived"] else "question.patch_line",
            gardu=line["gardu"], jurusan=line["jurusan"], tiang=line["tiang"],
        )
        for patch, line in lines.to_dict("index").items()
    }  # fmt: skip
    table["question"] = [
        told.get(patch, question) if group else question
        for question, patch, group in zip(table["question"], table["patch"], grouped, strict=True)
    ]
    return table

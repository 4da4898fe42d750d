"""SOP IV.3 of one unit, tables in and tables out: classes, candidates, doubts, findings.

Two steps, so that whoever keeps the first may do so while the second is computed.
"""

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from rbmgeo.frames import reindexed
from rbmgeo.geo import coordinates
from rbmgeo.labels.questions import naming
from rbmgeo.matching.calibrate import Calibration, calibration
from rbmgeo.matching.candidates import CandidateParams, Candidates, candidates
from rbmgeo.matching.compare import CompareParams, compare
from rbmgeo.matching.detector.detect import Context, detect
from rbmgeo.matching.detector.scene import NEIGHBOURS
from rbmgeo.matching.events import TakenOver, without_old_walks
from rbmgeo.matching.findings import Evidence, assess, findings
from rbmgeo.matching.identity import proposed_by_meter, with_same_meter
from rbmgeo.matching.lines import first_line
from rbmgeo.matching.neighbours import Neighbourhood, neighbourhood
from rbmgeo.matching.patches import patches
from rbmgeo.matching.suspicion import Suspicion
from rbmgeo.matching.trace import carried, recorded_poles, trace_drops, trace_poles
from rbmgeo.settings import UnitSettings
from rbmgeo.survey.outcomes import found_wrong
from rbmgeo.survey.patch_lines import Network, lines_of_patches
from rbmgeo.terms import Tier


@dataclass(frozen=True)
class MatchTables:
    """What matching takes of one unit (contracts in `rbmgeo.frames`), in metres.

    ``surveyed``: gardu that a survey found, by idpel; ``answers``: rows of
    `rbmgeo.survey.outcomes.found_wrong`, which calibrate the promises; ``metered_kwh`` by gardu
    and ``used_kwh`` by idpel over the same months; ``events``: what was taken over (`taken_over`).
    """

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
    answers: pd.DataFrame
    events: tuple[TakenOver, ...] = ()

    @property
    def nothing(self) -> bool:
        """Say that neither list is there."""
        return self.rbm.empty and self.pdpj.empty


@dataclass(frozen=True)
class Matched:
    """The classes of everybody on either list, and what the second step builds on."""

    matches: pd.DataFrame
    recorded: pd.Series
    points: gpd.GeoSeries
    hood: Neighbourhood

    @property
    def classes(self) -> dict[str, int]:
        """Return how many customers each class has."""
        counts = self.matches["match"].value_counts().sort_index()
        return {str(k): int(v) for k, v in counts.items()}


@dataclass(frozen=True)
class Doubted:
    """Candidates of everybody; with detection the findings too, and how they were calibrated."""

    candidates: Candidates
    findings: pd.DataFrame | None = None
    calibration: Calibration = field(default_factory=Calibration)

    @property
    def found(self) -> int | None:
        """Return how many are worth a visit, None where nobody looked."""
        return None if self.findings is None else int((self.findings["kind"] != "ok").sum())

    @property
    def tiers(self) -> dict[str, int]:
        """Return how many findings each tier has."""
        if self.findings is None:
            return {}
        counts = self.findings["tier"].value_counts().sort_index()
        return {str(k): int(v) for k, v in counts.items()}


def matched(
    tables: MatchTables, settings: UnitSettings, *, detect_errors: bool = True, threads: int = 1
) -> Matched:  # fmt: skip
    """Put everybody on either list into one class; the same for any number of threads."""
    recorded = undisputed(tables.pdpj, tables.customers)
    points = _points(tables.customers, recorded)
    looked_at = NEIGHBOURS if detect_errors else CandidateParams().neighbours
    hood = neighbourhood(points, looked_at, threads=threads)
    matches = compare(
        tables.customers, tables.rbm, tables.pdpj, tables.gardu,
        code_d=tables.code_d, surveyed=tables.surveyed, poles=tables.poles, hood=hood,
        params=CompareParams.of(settings),
    )  # fmt: skip
    return Matched(matches, recorded, points, hood)


def doubted(
    tables: MatchTables, done: Matched, settings: UnitSettings, *, detect_errors: bool = True
) -> Doubted:  # fmt: skip
    """Name the candidates of everybody; with detection doubt the records as well."""
    if not detect_errors:
        return Doubted(_doubt(done.recorded, done.points, tables, None, done.hood).candidates)
    connected, several = _walked(tables)
    # What a survey denied votes with the gardu it found; what it confirmed is judged all the same.
    denied = tables.surveyed[tables.surveyed != done.recorded.reindex(tables.surveyed.index)]
    known = denied.combine_first(connected) if len(connected) else denied
    doubt = _doubt(done.recorded, done.points, tables, known, done.hood)
    fitted = _calibrated(doubt, tables.answers)
    walks = Evidence(doubt.frame, connected, several, tables.surveyed)
    table = _findings(done.recorded, walks, tables, done.matches, settings.finding_limit)
    return Doubted(doubt.candidates, table, fitted)


def undisputed(pdpj_lines: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    """Return the recorded gardu of active customers; of several lines the first, by line.

    Lines that contradict each other are doubted as well: which is right is the question.
    """
    gardu = first_line(pdpj_lines.dropna(subset=["gardu"]), "gardu")["gardu"]
    active = reindexed(customers["active"], gardu.index).fillna(False).to_numpy(bool)
    return pd.Series(gardu[active])


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
    tables: MatchTables,
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


def _walked(tables: MatchTables) -> tuple[pd.Series, pd.Series]:
    """Return the gardu that a walk along drops or poles arrives at, and poles that carry several."""
    poles = recorded_poles(tables.pdpj, tables.customers["tiang"])
    one, several = trace_poles(poles, tables.jtr)
    walked = trace_drops(
        tables.customers["service_point"], tables.drops, tables.jtr, tables.gardu["lv_node"]
    )
    arrived = walked.combine_first(one) if len(one) else walked
    return without_old_walks(arrived, tables.events), several


def _findings(
    recorded: pd.Series,
    evidence: Evidence,
    tables: MatchTables,
    matches: pd.DataFrame,
    limit: float,
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


def _naming_lines(table: pd.DataFrame, tables: MatchTables) -> pd.DataFrame:
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

"""Doubt the record of every placed customer, in the best tier that the data allow."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sklearn.linear_model import Ridge

from rbmgeo.geo import coordinates, require_metres
from rbmgeo.matching.calibrate import UNTESTED, log_odds, odds_to_p
from rbmgeo.matching.candidates import with_sites
from rbmgeo.matching.detector.balance import Balance, weighed
from rbmgeo.matching.detector.blocks import lifted, moved_blocks, proposed
from rbmgeo.matching.detector.evidence import records
from rbmgeo.matching.detector.features import features
from rbmgeo.matching.detector.poles import Poles
from rbmgeo.matching.detector.scene import NEIGHBOURS, Scene, scene
from rbmgeo.matching.detector.soft import Belief
from rbmgeo.matching.detector.spans import Spans
from rbmgeo.matching.detector.stack import StackParams, stack
from rbmgeo.matching.neighbours import Neighbourhood, Neighbours
from rbmgeo.matching.suspicion import Suspicion, suspicion
from rbmgeo.terms import Tier

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: With fewer there is too little to learn from; fixed weights then (`suspicion`).
CUSTOMERS_LEAST, GARDU_LEAST = 400, 5
#: Lines count as known where so many of the recorded gardu have any.
SPANS_LEAST = 0.5
#: Evidence whose weight the card shows, and what each is measured by: recorded against proposed.
PARTS = ("distance", "votes", "walk", "line", "patch", "pole")
#: Of these the weight is computed, not fitted: what a nearer gardu and the group of a customer
#: add to its own score.
ADDED = ("nearer", "block", "meters")
#: Log-odds for a gardu nearer than the recorded one by as much as the records usually reach, at
#: most so many times as much; by how much it is nearer where that says nothing either way.
NEARER, NEARER_MOST, NEARER_EVEN = 1.0, 2.0, 0.5


@dataclass(frozen=True)
class Context:
    """What is known beside points and records; each may be missing.

    ``walk``: index idpel, columns ``rbm`` and ``place`` (rising along the reading order).
    ``tiang``: the recorded pole, index idpel; ``carried``: rows ``tiang``, ``gardu``.
    ``used_kwh`` (index idpel) and ``metered_kwh`` (index gardu) over the same months.
    ``jtr``: `JTR` in metres, with ``gardu`` and ``geometry``. ``load``: what each uses or has
    contracted, index idpel, in any one unit.
    """

    walk: pd.DataFrame | None = None
    jtr: gpd.GeoDataFrame | None = None
    load: pd.Series | None = None
    tiang: pd.Series | None = None
    carried: pd.DataFrame | None = None
    used_kwh: pd.Series | None = None
    metered_kwh: pd.Series | None = None


@dataclass(frozen=True)
class Doubt:
    """``p`` (n): how likely each record is wrong; ``other`` (n): the gardu proposed, -1 if none.

    ``own``: log-odds of p by the customer alone; ``nearer`` what a nearer gardu adds, ``block``
    and ``meters`` what its group and the meters of the two gardu. ``group`` (n): number of the
    group, -1 without.
    """

    p: Floats
    other: Ints
    own: Floats
    nearer: Floats
    block: Floats
    meters: Floats
    group: Ints


def doubts(seen: Scene, label: Ints, belief: Belief, balance: Balance | None = None) -> Doubt:
    """Turn what is believed of each customer into its p, neighbours that move together as one."""
    own = log_odds(UNTESTED.applied(1 - belief.of_recorded()))
    near = nearer(seen, label)
    alone = odds_to_p(own + near)
    blocks = moved_blocks(seen, belief, alone)
    together = lifted(alone, blocks)
    meters = np.zeros(len(alone)) if balance is None else weighed(blocks, label, balance)
    block = log_odds(together) - log_odds(alone)
    return Doubt(
        odds_to_p(own + near + block + meters), proposed(blocks, belief), own, near, block, meters,
        blocks.number,
    )  # fmt: skip


def nearer(seen: Scene, label: Ints) -> Floats:
    """Return what the nearest gardu says of each record, in log-odds: below 0 where it is recorded.

    The stack knows distances too, but learns in a town whose odd records it has set aside, and
    then trusts neighbours too much; in thin networks it did worse than the nearest gardu alone.
    Nothing where lines are known: they tell who could feed a house, and better.
    """
    out = np.zeros(len(label))
    there = (label >= 0) & ~np.isnan(seen.site[np.maximum(label, 0), 0])
    if seen.spans is not None or not there.any():
        return out
    away = np.hypot(*(seen.xy[there] - seen.site[label[there]]).T)
    usual = max(float(np.median(away)), 1.0)
    by = np.clip((away - seen.site_m[there, 0]) / usual, 0.0, NEARER_MOST)
    out[there] = NEARER * (by - NEARER_EVEN)
    return out


def detect(
    points: gpd.GeoSeries,
    recorded: pd.Series,
    gardu: gpd.GeoDataFrame,
    context: Context | None = None,
    params: StackParams | None = None,
    *,
    known: "pd.Series | None" = None,
    hood: Neighbourhood | None = None,
) -> Suspicion:
    """Suspect the record of every customer that has a point (SOP IV.3).

    Tier T1 knows points, gardu and the reading order; T2 knows lines tagged by gardu as well; T3 the
    recorded pole too.
    A unit with too few customers to learn from is judged by fixed weights, as T1.

    Parameters
    ----------
    points, recorded, gardu
        As `rbmgeo.matching.suspicion.suspicion` takes them.
    known
        The gardu that a walk along the lines or a survey tells surely, index idpel: there it
        votes and teaches in the record's place (R-MA-10), and no guess is made.
    hood
        The neighbours of these customers, if they were looked for before.

    Returns
    -------
    Suspicion
        Its frame has ``tier`` too, and ``parts``: per customer the weight of each of `PARTS`
        in log-odds, of what they say together (``together``), of its group and of the
        gardu's meters (`ADDED`) and of an ordinary customer (``base``); they sum to the
        log-odds of p. ``block`` numbers the groups that move together, -1 for nobody's.
    """
    require_metres(points)
    context = context or Context()
    points = points.sort_index()
    recorded = recorded.reindex(points.index)
    told = suspicion(points, recorded, gardu, hood=hood)
    told.frame["tier"] = Tier.T1.value
    told.frame.loc[recorded.isna(), "p"] = np.nan  # without a record there is none to be wrong
    codes, site = with_sites(points, recorded, gardu)
    placed = np.flatnonzero(~np.isnan(site[:, 0]))
    if recorded.notna().sum() < CUSTOMERS_LEAST or len(placed) < GARDU_LEAST:
        return told
    told_surely = pd.Series(dtype="str") if known is None else known.dropna()
    asked = ~points.index.isin(told_surely.index)
    if not asked.any():
        return told
    best = told_surely.reindex(points.index).where(~asked, recorded)
    label = pd.Index(codes).get_indexer(pd.Index(best)).astype(np.int64)
    xy = coordinates(points)
    spans = _spans(context.jtr, codes, site, label, xy)
    near = None if hood is None else hood.of(points.index, NEIGHBOURS)
    seen = _scene(points.index, xy, site, codes, gardu, context, spans, near)
    frame = told.frame
    belief = stack(seen, label, params, asked)
    doubt = doubts(seen, label, belief, _balance(context, points.index, codes))
    p, other = doubt.p, doubt.other
    frame["p"] = np.where(asked, np.round(np.where(label >= 0, p, np.nan), 6), frame["p"])
    names = pd.Series(codes[np.maximum(other, 0)], index=points.index, dtype="str")
    frame["proposed_gardu"] = names.where(other >= 0).where(asked, frame["proposed_gardu"])
    if spans is not None:
        frame["tier"] = Tier.T2.value
    if seen.poles is not None and context.tiang is not None:
        hung = context.tiang.reindex(points.index).notna()
        frame["tier"] = frame["tier"].mask(hung, Tier.T3.value)
    frame["block"] = pd.Series(doubt.group, index=frame.index).where(asked, -1)
    _explain(frame, seen, label, doubt, asked)
    return told


def _scene(
    idpels: pd.Index, xy: Floats, site: Floats, codes: npt.NDArray[np.object_],
    gardu: gpd.GeoDataFrame, context: Context, spans: Spans | None, near: Neighbours | None,
) -> Scene:  # fmt: skip
    rbm, place = None, None
    if context.walk is not None and len(context.walk):
        walk = context.walk.reindex(idpels)
        rbm = pd.factorize(walk["rbm"], sort=True)[0].astype(np.int64)
        place = walk["place"].fillna(0).to_numpy(np.int64)
    kva = pd.to_numeric(gardu["rating_kva"], errors="coerce").reindex(codes).to_numpy(float)
    load = None if context.load is None else context.load.reindex(idpels).to_numpy(float)
    poles = _poles(context, idpels, codes)
    return scene(
        xy, site, walk=place, rbm=rbm, kva=kva, load=load, spans=spans, poles=poles, near=near
    )


def _balance(context: Context, idpels: pd.Index, codes: npt.NDArray[np.object_]) -> Balance | None:
    if context.metered_kwh is None or context.used_kwh is None or context.metered_kwh.empty:
        return None
    return Balance(
        context.used_kwh.reindex(idpels).to_numpy(float),
        context.metered_kwh.reindex(codes).to_numpy(float),
    )


def _poles(context: Context, idpels: pd.Index, codes: npt.NDArray[np.object_]) -> Poles | None:
    if context.tiang is None or context.carried is None:
        return None
    tiang = context.tiang.reindex(idpels)
    return Poles(tiang, context.carried, pd.Index(codes)) if tiang.notna().any() else None


def _spans(
    jtr: gpd.GeoDataFrame | None, codes: npt.NDArray[np.object_], site: Floats, label: Ints,
    xy: Floats,
) -> Spans | None:  # fmt: skip
    """Return the lines as pieces; None where too few gardu have lines of their own."""
    if jtr is None or jtr.empty:
        return None
    require_metres(jtr)
    tag = pd.Index(codes).get_indexer(jtr["gardu"]).astype(np.int64)
    lines = np.asarray(jtr.geometry.array, dtype=object)
    ok = (tag >= 0) & ~(shapely.is_missing(lines) | shapely.is_empty(lines))
    if not ok.any():
        return None
    used = np.unique(label[label >= 0])
    if np.isin(used, tag[ok]).mean() < SPANS_LEAST:
        return None
    parts, of = shapely.get_parts(lines[ok], return_index=True)
    at, row = shapely.get_coordinates(parts, return_index=True)
    same = row[1:] == row[:-1]
    # Whoever hangs on the gardu's own pole has no span between: it is a line of no length.
    own = np.flatnonzero(~np.isnan(site[:, 0]))
    return Spans(
        np.vstack([at[:-1][same], site[own]]), np.vstack([at[1:][same], site[own]]),
        np.concatenate([tag[ok][of[row[:-1][same]]], own]), xy,
    )  # fmt: skip


def _explain(
    frame: pd.DataFrame, seen: Scene, label: Ints, doubt: Doubt, asked: npt.NDArray[np.bool_]
) -> None:
    """Write the evidence for the recorded and the proposed gardu, and what each part weighs."""
    rows = np.flatnonzero(asked)
    cand = np.column_stack([label, doubt.other])[rows]
    x, names = features(seen, records(seen, label), rows, cand)
    at = {name: x[:, :, k].astype(float) for k, name in enumerate(names)}
    nothing = np.full(at["distance_m"].shape, np.nan)
    line, pole = at.get("span_m", nothing), at.get("pole_votes", nothing)
    shown = {
        ("vote", "vote_other"): at["votes_10"],
        ("distance_m", "proposed_distance_m"): at["distance_m"],
        ("line_m", "proposed_line_m"): line, ("walk", "walk_other"): at["walk_8"],
        ("patch", "patch_other"): at["outside_40"], ("pole", "pole_other"): pole,
    }  # fmt: skip
    for (own, against), values in shown.items():
        for k, name in enumerate((own, against)):
            column = frame[name].to_numpy(float) if name in frame else np.full(len(frame), np.nan)
            column = column.copy()
            column[rows] = values[:, k]
            frame[name] = column
    said = {
        "distance": _ratio(at["distance_m"], 10.0), "votes": _more(at["kernel_40"]),
        "walk": _more(at["walk_8"]), "line": _ratio(line, 5.0), "patch": _more(at["outside_40"]),
        "pole": _more(pole),
    }  # fmt: skip
    told = np.full(len(frame), None, dtype=object)
    added = {name: getattr(doubt, name)[rows] for name in ADDED}
    told[rows] = _parts(doubt.own[rows], said, added)
    frame["parts"] = pd.Series(told, index=frame.index, dtype=object)


def _ratio(metres: Floats, softened_m: float) -> Floats:
    return np.asarray(np.log((metres[:, 0] + softened_m) / (metres[:, 1] + softened_m)))


def _more(shares: Floats) -> Floats:
    return np.asarray(shares[:, 1] - shares[:, 0])


def _parts(
    score: Floats, said: dict[str, Floats], added: dict[str, Floats]
) -> list[dict[str, float]]:
    """Share a score out over its evidence: additive weights, and the rest as ``together``.

    What is ``added`` to the score afterwards stands for itself.

    The weights are those of a ridge regression of the score on the evidence, so that each
    part depends on its own evidence alone; unknown evidence weighs nothing.
    """
    table = np.column_stack([said[name] for name in PARTS])
    middle = np.array([np.nanmean(c) if np.isfinite(c).any() else 0.0 for c in table.T])
    off = np.where(np.isfinite(table), table - middle, 0.0)
    score = np.nan_to_num(score)
    model = Ridge(alpha=1.0, positive=True).fit(off, score)
    shares = np.round(off * model.coef_, 3)
    base = round(float(model.intercept_), 3)
    together = np.round(score - base - shares.sum(axis=1), 3)
    more = np.round(np.column_stack([np.nan_to_num(added[name]) for name in ADDED]), 3)
    return [
        {"base": base, **dict(zip(PARTS, row, strict=True)), "together": rest,
         **{name: value for name, value in zip(ADDED, extra, strict=True) if value}}
        for row, rest, extra in zip(shares.tolist(), together.tolist(), more.tolist(), strict=True)
    ]  # fmt: skip

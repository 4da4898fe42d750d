"""SOP IV.3: every customer of both lists falls into exactly one class (R-MA-01)."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from rbmgeo.frames import CUSTOMERS, GARDU, PDPJ_LINES, RBM_LIST, among, joined, reindexed
from rbmgeo.geo import coordinates, require_metres
from rbmgeo.matching.lines import first_line
from rbmgeo.matching.neighbours import Neighbourhood, nearest_customers
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import Match, ReadBy, Service

#: More houses do not hang behind each other on one drop: a larger number names the deret.
DERET_MOST = 9


@dataclass(frozen=True)
class CompareParams:
    """Distance bands of R-MA-05 and R-MA-06, and how many neighbours must agree (R-MA-02)."""

    plausible_m: float = 350
    weak_m: float = 1000
    pole_plausible_m: float = 30
    pole_survey_m: float = 60
    neighbours: int = 5
    agreeing: int = 3

    def __post_init__(self) -> None:
        if not 0 < self.plausible_m <= self.weak_m:
            raise ValueError(f"bands are {self.plausible_m} and {self.weak_m}, expected rising")
        if not 0 < self.pole_plausible_m <= self.pole_survey_m:
            raise ValueError(
                f"pole bands are {self.pole_plausible_m} and {self.pole_survey_m}, expected rising"
            )
        if not 0 < self.agreeing <= self.neighbours:
            raise ValueError(f"{self.agreeing} of {self.neighbours} neighbours cannot agree")

    @classmethod
    def of(cls, settings: UnitSettings) -> "CompareParams":
        """Take the unit's bands."""
        return cls(
            plausible_m=settings.plausible_m, weak_m=settings.weak_m,
            pole_plausible_m=settings.pole_plausible_m, pole_survey_m=settings.pole_survey_m,
        )  # fmt: skip


def compare(
    customers: gpd.GeoDataFrame,
    rbm_list: pd.DataFrame,
    pdpj_lines: pd.DataFrame,
    gardu: gpd.GeoDataFrame,
    *,
    code_d: "pd.Index[str] | None" = None,
    surveyed: "pd.Series | None" = None,
    poles: "gpd.GeoSeries | None" = None,
    hood: Neighbourhood | None = None,
    params: CompareParams | None = None,
) -> pd.DataFrame:
    """Say for every customer of either list whether the lists agree.

    Without a gardu column in the RBM list agreement is geographic (R-MA-02): 3 of the 5
    nearest customers share the recorded gardu (all 5 where the gardu is 350-1000 m away,
    R-MA-05), or one on the same pole or deret does. A customer without a point agrees if a
    pole or deret mate does, else if it is read on the home RBM of its gardu; it is marked
    ``tanpa_koordinat``. A unit without any RBM list is judged by place alone.

    Parameters
    ----------
    customers, rbm_list, pdpj_lines, gardu
        `CUSTOMERS` and `GARDU` in metres, `RBM_LIST`, `PDPJ_LINES`.
    code_d
        Idpels that readers reported as not of this RBM lately (R-MA-08).
    surveyed
        The gardu that a survey found, index idpel: it alone decides there (R-MA-10).
    poles
        Positions of the poles in metres, index tiang. Who is said to hang on a pole farther
        away than the band, a deret's steps added, is surveyed (R-MA-06).
    hood
        Neighbours that were looked for before; used where they are of the same customers.

    Returns
    -------
    DataFrame
        `MATCHES`: one row per idpel found in either list, sorted by idpel.

    Raises
    ------
    CrsError
        If positions are in degrees.
    """
    params = params or CompareParams()
    CUSTOMERS.check(customers)
    GARDU.check(gardu)
    RBM_LIST.check(rbm_list)
    PDPJ_LINES.check(pdpj_lines)
    require_metres(customers)

    listed, recorded = (
        _one_each(rbm_list, ["rbm", "gardu"]),
        _one_each(pdpj_lines, ["gardu", "tiang", "deret", "jurusan"]),
    )
    both = joined(
        listed.rename(columns={"gardu": "list_gardu", "many": "many_rbm"}),
        recorded.rename(columns={"many": "many_gardu"}),
    )
    disputed = pdpj_lines.loc[pdpj_lines["conflict"].astype(bool), "idpel"]
    who = reindexed(customers[["dibaca_oleh", "jenis_layanan", "geometry"]], both.index)
    twice = (
        both["many_rbm"].fillna(False).astype(bool)
        | both["many_gardu"].fillna(False).astype(bool)
        | among(both.index, disputed)
    )
    unread = who["dibaca_oleh"].isin([ReadBy.PLN, ReadBy.TIDAK]).to_numpy()
    expects_rbm = len(rbm_list) > 0
    home = both["gardu"].map(home_rbms(both))
    agrees = supported(both, who, gardu, home, params, hood)
    if poles is not None and len(poles):
        agrees &= ~_beyond_pole(both, who, poles, params)
    if surveyed is not None:
        found = surveyed.reindex(both.index)
        agrees = agrees.where(found.isna(), found == both["gardu"])
    both["match"] = np.select(
        [
            twice,
            unread,
            both["gardu"].isna(),
            both["rbm"].isna() & expects_rbm,
            both["list_gardu"].notna() & (both["list_gardu"] == both["gardu"]),
            both["list_gardu"].notna(),
            agrees,
        ],
        [Match.GANDA, Match.TIDAK_DIBACA_VENDOR, Match.HANYA_RBM, Match.HANYA_PDPJ, Match.COCOK,
         Match.BEDA_GARDU, Match.SELARAS],
        default=Match.PERLU_SURVEI,
    )  # fmt: skip
    both["reason"] = _reason(both, who, unread)
    both["tanpa_koordinat"] = np.isnan(coordinates(gpd.GeoSeries(who["geometry"]))[:, 0])
    both["kode_d"] = among(both.index, code_d if code_d is not None else [])
    both["home_rbm_differs"] = (both["rbm"].notna() & home.notna() & (both["rbm"] != home)).astype(
        bool
    )
    return both[
        ["rbm", "gardu", "match", "reason", "tanpa_koordinat", "kode_d", "home_rbm_differs"]
    ]


def home_rbms(both: pd.DataFrame) -> pd.Series:
    """Return each gardu's home RBM: the one that reads most of its customers."""
    known = both.dropna(subset=["gardu", "rbm"])
    counts = known.groupby(["gardu", "rbm"]).size().rename("n").reset_index()
    # A tie must not depend on row order: two runs on one day give one list.
    counts = counts.sort_values(["gardu", "n", "rbm"], ascending=[True, False, True])
    return counts.drop_duplicates("gardu").set_index("gardu")["rbm"]


def supported(
    both: pd.DataFrame,
    who: gpd.GeoDataFrame,
    gardu: gpd.GeoDataFrame,
    home: pd.Series,
    params: CompareParams,
    hood: Neighbourhood | None = None,
) -> pd.Series:
    """Say per customer whether its gardu is supported by its surroundings (R-MA-02, 04-07)."""
    xy = coordinates(gpd.GeoSeries(who["geometry"]))
    place = ~np.isnan(xy[:, 0])
    votes, share = _neighbour_votes(both, xy, place, params.neighbours, hood)
    site = pd.DataFrame(coordinates(gpd.GeoSeries(gardu["geometry"])), index=gardu.index)
    at = site.reindex(both["gardu"]).to_numpy(float)
    away_m = np.hypot(*(xy - at).T)
    needed = np.where(away_m > params.plausible_m, params.neighbours, params.agreeing)
    # Fewer neighbours than the rule asks for (a tiny unit): the same share of those there are.
    near = place & (votes >= np.ceil(needed * share))
    mates, torn = _mates(both)
    near |= mates
    near &= ~(away_m > params.weak_m)
    by_home = (home.notna() & (both["rbm"] == home)).to_numpy()
    fine = np.where(place, near, mates | by_home)
    return pd.Series(fine.astype(bool) & ~torn, index=both.index)


def _beyond_pole(
    both: pd.DataFrame, who: gpd.GeoDataFrame, poles: gpd.GeoSeries, params: CompareParams
) -> "npt.NDArray[np.bool_]":
    """Say who stands too far from the recorded pole; a deret may add a drop's length a step."""
    at = pd.DataFrame(coordinates(poles), index=poles.index).reindex(both["tiang"]).to_numpy(float)
    away_m = np.hypot(*(coordinates(gpd.GeoSeries(who["geometry"])) - at).T)
    told = both["deret"].notna().to_numpy()
    number = pd.to_numeric(both["deret"], errors="coerce").to_numpy(float)
    steps = np.where(told, np.where((number >= 1) & (number <= DERET_MOST), number, 1), 0)
    return np.asarray(away_m > params.pole_survey_m + steps * params.pole_plausible_m)


def _neighbour_votes(
    both: pd.DataFrame, xy: np.ndarray, place: np.ndarray, k: int, hood: Neighbourhood | None
) -> tuple[np.ndarray, float]:
    """Count among the k nearest customers those of the same gardu; and k's share attainable."""
    votes = np.zeros(len(both))
    usable = place & both["gardu"].notna().to_numpy()
    if usable.sum() < 2:
        return votes, 1.0
    found = None if hood is None else hood.of(both.index[usable], k)
    found = found or nearest_customers(xy[usable], k)
    codes, _ = pd.factorize(both.loc[usable, "gardu"], sort=True)
    padded = np.append(codes, -1)
    votes[usable] = (padded[found.near] == codes[:, None]).sum(axis=1)
    return votes, min(1.0, (usable.sum() - 1) / k)


def _mates(both: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return who shares pole or deret with one of the same gardu, and whose mates disagree."""
    mates = np.zeros(len(both), dtype=bool)
    torn = np.zeros(len(both), dtype=bool)
    # A deret hangs on one pole, and its number may begin anew on the next.
    told = both.reset_index(drop=True).assign(
        pole=both["tiang"].astype("str").fillna("").to_numpy()
    )
    for keys, must_agree in (
        (["pole", "deret"], True),
        (["tiang", "jurusan"], True),
        (["tiang"], False),
    ):
        group = told.dropna(subset=[*keys, "gardu"])
        if group.empty:
            continue
        by = group.groupby(keys)["gardu"]
        same = group.groupby([*keys, "gardu"])["gardu"].transform("size") > 1
        mates[same.index[same]] = True
        if must_agree:
            split = by.transform("nunique") > 1
            torn[split.index[split]] = True
    return mates & ~torn, torn


def _one_each(lines: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return one row per idpel; ``many`` where its lines name more than one value of the first."""
    first = first_line(lines, columns[0])[columns]
    repeated = lines[lines["idpel"].duplicated(keep=False)]
    several = repeated.groupby("idpel")[columns[0]].nunique() > 1
    return first.assign(many=among(first.index, several.index[several]))


def _reason(both: pd.DataFrame, who: pd.DataFrame, unread: np.ndarray) -> pd.Series:
    prepaid = who["jenis_layanan"].eq(Service.PRA).to_numpy()
    on_rbm = both["rbm"].notna().to_numpy()
    words = np.select(
        [unread & on_rbm & prepaid, unread & on_rbm, unread & prepaid, unread],
        ["R-PR-02", "pln_di_rbm", "wajar_pra", "wajar_pln"],
        default="",
    )
    said = pd.Series(words, index=both.index, dtype="str")
    # It explains why nobody reads him; of another class it would contradict the class.
    return said.where((said != "") & both["match"].eq(Match.TIDAK_DIBACA_VENDOR))

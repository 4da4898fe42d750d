"""A real utility's town: walking drops and spans agrees with the record on every customer."""

import geopandas as gpd
import pandas as pd
import pytest

from rbmgeo.matching.findings import CERTAIN_RIGHT, CERTAIN_WRONG, Evidence, assess
from rbmgeo.matching.suspicion import suspicion
from rbmgeo.matching.trace import trace_drops

pytestmark = pytest.mark.shared_data
SRID = 31982


@pytest.fixture(scope="module")
def town(shared_data):
    """Customers, drops, spans and transformers, as the files say."""
    folder = shared_data / "utility_town_a"
    if not folder.is_dir():
        pytest.skip(f"REAL DATA ABSENT: {folder}")
    people = pd.read_csv(folder / "town_a_customers.csv.gz", dtype="str")
    drops = pd.read_csv(folder / "town_a_service_drops.csv.gz", dtype="str").set_index("drop_id")
    drops = drops.rename(columns={"pole_id": "tiang", "transformer_id": "gardu"})
    spans = gpd.read_file(folder / "town_a_lv_spans.gpkg").set_index("span_id")
    spans = (
        spans.rename_axis("span")
        .rename(columns={"pole_1": "tiang_1", "pole_2": "tiang_2", "transformer_id": "gardu"})
        .assign(jurusan=None)
    )
    sites = pd.read_csv(folder / "town_a_transformers.csv", dtype="str")
    return people, drops, spans, sites.set_index("transformer_id")


def test_the_walk_arrives_at_the_recorded_transformer_on_every_row(town):
    people, drops, spans, sites = town
    at = people.set_index("row_no")["service_point"]
    walked = trace_drops(at, drops, spans, sites["lv_node"])
    recorded = people.set_index("row_no")["transformer_id"]
    told = at.notna()
    assert len(walked) == told.sum() > 1700
    assert (walked == recorded[walked.index]).all()


def test_a_planted_error_is_certain_and_a_true_record_is_not_doubted(town):
    people, drops, spans, sites = town
    active = (
        people[people["status"] == "AT"].drop_duplicates("customer_no").set_index("customer_no")
    )
    recorded = active["transformer_id"].rename_axis("idpel")
    wrong = recorded.index[::97]
    spoiled = recorded.copy()
    spoiled[wrong] = [next(g for g in sites.index if g != recorded[i]) for i in wrong]
    walked = trace_drops(active["service_point"], drops, spans, sites["lv_node"])
    nothing = pd.DataFrame(
        columns=["p", "proposed_gardu", "vote", "vote_other", "distance_m", "proposed_distance_m"]
    )
    got = assess(spoiled, Evidence(nothing, walked, pd.Series(dtype="str")))
    reached = walked.index
    assert (got.loc[wrong.intersection(reached), "p"] == CERTAIN_WRONG).all()
    assert (got.loc[reached.difference(wrong), "p"] == CERTAIN_RIGHT).all()
    proposed = got.loc[wrong.intersection(reached), "proposed_gardu"]
    assert proposed.to_dict() == recorded[proposed.index].to_dict()


def test_without_drops_the_wrong_records_still_come_first(town):
    people, _, _, sites = town
    active = (
        people[people["status"] == "AT"].drop_duplicates("customer_no").set_index("customer_no")
    )
    where = gpd.GeoSeries.from_xy(
        active["lon"].astype(float), active["lat"].astype(float), index=active.index, crs=4674
    ).to_crs(SRID)
    gardu = gpd.GeoDataFrame(
        index=sites.index.rename("gardu"),
        geometry=gpd.GeoSeries.from_xy(
            sites["lon"].astype(float), sites["lat"].astype(float), index=sites.index, crs=4674
        ).to_crs(SRID),
    )
    recorded = active["transformer_id"].rename_axis("idpel").copy()
    wrong = recorded.index[::20]
    used = sorted(set(recorded))
    for k, i in enumerate(wrong):
        recorded[i] = next(
            g for g in used[k % len(used) :] + used if g != active["transformer_id"][i]
        )
    p = suspicion(where, recorded, gardu).frame["p"].sort_values(ascending=False)
    first = p.index[: len(wrong)]
    assert first.isin(wrong).mean() > 0.8  # random errors are the easy kind
    assert p[wrong].median() > 0.9 > 0.1 > p.drop(wrong).median()

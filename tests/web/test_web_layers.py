"""The layers of a unit for other programs: OGC API Features, files, views; who may have them."""

import base64
import json
import xml.etree.ElementTree as ET

import pyogrio
import pytest
import small_unit as small

from rbmgeo.db.queries import layers
from web import basic

ROOT = f"/api/ogc/{small.SMALL}"
PAGE = f"/{small.SMALL}/{small.BLTH}/peta/lapisan"


def basic_auth(login: str, password: str = small.PASSWORD) -> dict[str, str]:
    told = base64.b64encode(f"{login}:{password}".encode()).decode()
    return {"Authorization": f"Basic {told}"}


@pytest.fixture
def planner(app):
    client = app.test_client()

    def get(path: str, **params):
        return client.get(ROOT + path, headers=basic_auth("perencana"), query_string=params)

    return get


def test_the_landing_page_leads_to_every_layer(planner):
    links = {one["rel"]: one["href"] for one in planner("/").json["links"]}
    assert {"self", "service-desc", "conformance", "data"} <= set(links)
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
        in (planner("/conformance").json["conformsTo"])
    )
    found = planner("/collections").json["collections"]
    assert [one["id"] for one in found] == [one.name for one in layers.LAYERS]
    west, south, east, north = found[0]["extent"]["spatial"]["bbox"][0]
    assert 112 < west < east < 113
    assert -8 < south <= north < -7
    said = planner("/api")
    assert said.content_type.startswith("application/vnd.oai.openapi+json")
    assert "/collections/{name}/items" in said.json["paths"]


def test_pages_follow_each_other_until_every_customer_was_given_once(planner, web_database):
    with web_database.reading() as session:
        many = layers.counts(session, ulp=small.SMALL)["customer"]
    seen, told = [], planner("/collections/customer/items", limit=3).json
    while True:
        assert told["numberMatched"] == many
        assert told["numberReturned"] == len(told["features"]) <= 3
        seen += [one["id"] for one in told["features"]]
        onward = [one["href"] for one in told["links"] if one["rel"] == "next"]
        if not onward:
            break
        after = onward[0].rpartition("after=")[2]
        told = planner("/collections/customer/items", limit=3, after=after).json
    assert len(seen) == len(set(seen)) == many
    assert str(small.public_id(1)) in seen


def test_a_box_gives_those_inside_and_one_feature_is_the_same_alone(planner):
    every = planner("/collections/customer/items").json["features"]
    placed = next(one for one in every if one["geometry"])
    lon, lat = placed["geometry"]["coordinates"]
    near = f"{lon - 1e-7},{lat - 1e-7},{lon + 1e-7},{lat + 1e-7}"
    inside = planner("/collections/customer/items", bbox=near).json
    assert placed["id"] in [one["id"] for one in inside["features"]]
    assert inside["numberMatched"] == len(inside["features"]) < len(every)
    alone = planner(f"/collections/customer/items/{placed['id']}").json
    assert alone["properties"] == placed["properties"]
    assert alone["geometry"] == placed["geometry"]


def test_one_feature_of_any_layer_is_the_same_alone(planner):
    seen = 0
    for layer in layers.LAYERS:
        for one in planner(f"/collections/{layer.name}/items", limit=3).json["features"]:
            alone = planner(f"/collections/{layer.name}/items/{one['id']}").json
            assert {k: alone[k] for k in one} == one, layer.name
            seen += 1
    assert seen > 5


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"limit": "0"}, "limit"), ({"limit": "x"}, "limit"), ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "nan,0,1,1"}, "bbox"), ({"bbox": "3,0,1,1"}, "bbox"), ({"after": "x"}, "after"),
        ({"gardu": "G1"}, "gardu"), ({"f": "xml"}, "f"),
    ],
)  # fmt: skip
def test_a_parameter_that_is_unknown_or_wrong_is_a_400_that_names_it(planner, params, named):
    answer = planner("/collections/customer/items", **params)
    assert answer.status_code == 400
    assert f"parameter {named} " in answer.json["message"]


def test_what_is_not_there_is_a_404(planner):
    for path in ("/collections/none", "/collections/none/items", "/collections/customer/items/x",
                 f"/collections/customer/items/{small.public_id(999)}",
                 "/collections/street/items/99999999999999999999", "/collections/gardu/items/X"):  # fmt: skip
        assert planner(path).status_code == 404, path


def test_without_a_name_a_program_is_asked_for_one_and_a_wrong_one_is_shut_out(app):
    client = app.test_client()
    bare = client.get(ROOT + "/")
    assert bare.status_code == 401
    assert bare.headers["WWW-Authenticate"].startswith("Basic ")
    assert client.get(ROOT + "/", headers=basic_auth("perencana", "salah")).status_code == 401
    assert client.get(ROOT + "/", headers=basic_auth("surveyor")).status_code == 403
    assert client.get(ROOT + "/", headers=basic_auth("tamu")).status_code == 403
    assert client.get(ROOT + "/", headers=basic_auth("perencana")).status_code == 200
    # Only there: a page takes no password from a header, and nothing was signed in by it.
    page = client.get(PAGE, headers=basic_auth("perencana"))
    assert page.status_code == 302
    assert "/masuk" in page.location


def test_a_remembered_password_ends_with_its_time_and_with_a_new_one(app, monkeypatch):
    with app.app_context():
        person = basic.load(1)
        kept = basic.Remembered()
        digest = kept.digest("a", "b")
        assert digest != kept.digest("ab", "")
        kept.keep(digest, person)
        assert kept.find(digest).user_id == person.user_id
        kept.known[digest] = (person.user_id, "another", kept.known[digest][2])
        assert kept.find(digest) is None
        kept.keep(digest, person)
        monkeypatch.setattr(basic, "SECONDS", -1.0)
        kept.keep(digest, person)
        assert kept.find(digest) is None


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "kml"])
def test_a_file_read_by_another_program_holds_the_customers_of_the_api(
    as_role, planner, tmp_path, kind
):
    answer = as_role("perencana").get(f"{PAGE}/customer.{kind}")
    assert answer.status_code == 200
    path = tmp_path / f"c.{kind}"
    path.write_bytes(answer.data)
    told = planner("/collections/customer/items").json["features"]
    placed = {one["properties"]["idpel"]: one["geometry"]["coordinates"]
              for one in told if one["geometry"]}  # fmt: skip
    _, _, drawn, _ = pyogrio.raw.read(path, columns=[])
    assert len(drawn) == (len(placed) if kind == "kml" else len(told))
    found = pyogrio.read_dataframe(path).dropna(subset=["geometry"])
    assert dict(zip(found["idpel"], ((p.x, p.y) for p in found.geometry), strict=True)) == {
        i: (pytest.approx(x, abs=1e-6), pytest.approx(y, abs=1e-6)) for i, (x, y) in placed.items()
    }


def test_one_geopackage_holds_every_layer_that_holds_anything(as_role, tmp_path, web_database):
    answer = as_role("pengawas").get(f"{PAGE}/semua.gpkg")
    path = tmp_path / "all.gpkg"
    path.write_bytes(answer.data)
    with web_database.reading() as session:
        counted = layers.counts(session, ulp=small.SMALL)
    found = {str(name): pyogrio.read_info(path, layer=name)["features"]
             for name, _ in pyogrio.list_layers(path)}  # fmt: skip
    assert found == {name: n for name, n in counted.items() if n}


def test_the_walk_of_a_rbm_comes_as_gpx_in_its_order_without_an_idpel(as_role, web_database):
    with web_database.reading() as session:
        walk = layers.features(session, ulp=small.SMALL, layer=layers.BY_NAME["rbm"])
    name = walk["id"][0]
    answer = as_role("perencana").get(f"{PAGE}/rbm/{name}.gpx")
    assert answer.mimetype == "application/gpx+xml"
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    root = ET.fromstring(answer.data)
    route = [
        (float(p.get("lon")), float(p.get("lat"))) for p in root.findall("g:rte/g:rtept", space)
    ]
    assert len(route) == len(root.findall("g:wpt", space)) == walk["with_position"][0]
    assert route == [pytest.approx(c, abs=1e-6) for c in walk.geometry[0].coords]
    assert small.SMALL + "0" not in answer.text
    assert as_role("perencana").get(f"{PAGE}/rbm/NONE.gpx").status_code == 404


def test_the_page_offers_files_and_the_address_and_a_surveyor_has_neither(as_role):
    text = as_role("perencana").get(PAGE).text
    assert "customer.gpkg" in text
    assert f"{ROOT}/" in text
    for path in (PAGE, f"{PAGE}/customer.gpkg", f"{PAGE}/semua.gpkg"):
        assert as_role("surveyor").get(path).status_code == 403
    for path in (f"{PAGE}/none.gpkg", f"{PAGE}/semua.kml", f"{PAGE}/customer.exe"):
        assert as_role("perencana").get(path).status_code == 404


def test_whole_numbers_stay_whole_and_what_is_missing_is_null(planner):
    rows = planner("/collections/customer/items").text
    first = json.loads(rows)["features"]
    assert {type(one["properties"]["urut"]) for one in first} <= {int, type(None)}
    assert all(v != "nan" for one in first for v in one["properties"].values())

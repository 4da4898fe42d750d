"""Whose data an answer holds stands in the record of access, for every address that there is."""

import gzip
import logging
import re
from functools import cache

import access_walk as walk
import phone_kit as kit
import pytest
import small_unit as small
import walked_unit as walked
from lxml import html
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from rbmgeo.db.queries import access
from rbmgeo.db.session import Database
from rbmgeo.operations.logs import JsonLines
from rbmgeo.settings import Settings
from web import access_log, create_app

pytestmark = [pytest.mark.database, pytest.mark.drill]  # every answer of every address
U = f"/{small.SMALL}/{small.BLTH}"
#: Tables that become files in every kind: one drawn row by row, one told as values, one by words.
FILES = ("csv", "xlsx", "pdf")
#: Free parts of addresses: codes of RBM and gardu, kinds and names of files and layers, hashes.
FREE = {
    "code",
    "feature",
    "filename",
    "job",
    "key",
    "kind",
    "name",
    "rbm",
    "sha256",
    "table_name",
    "token",
}


@pytest.fixture(scope="module")
def filled(make_database, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    database = Database(make_database("access", filled=walk.build))
    app = create_app(Settings(home=home), database)
    app.testing = True
    made = walked.Filled(app, database, home)
    yield made
    database.close()


@pytest.fixture(scope="module")
def ask(filled):
    """Offer a function that asks an address as whoever may, and gives answer, told and written."""

    @cache
    def client(login):
        with filled.unguarded():
            return filled.enter(login)

    def one(address, login="perencana", **more):
        answer = client(login).get(address, **more)
        if answer.status_code == 403 and login == "perencana":
            answer = client("kepala").get(address, **more)
        body = answer.get_data()
        answer.close()
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        rows = written(filled.database, answer)
        numbers = {f"{n:012d}" for row in rows for n in row["numbers"]}
        return answer, walk.customers_in(body, answer.mimetype or ""), numbers, rows

    one.client = client
    return one


def written(database, answer):
    with database.reading() as session:
        found = session.execute(
            text("SELECT * FROM access_log WHERE request_id = :r"),
            {"r": answer.headers["X-Request-ID"]},
        )
        return found.mappings().all()


class Told(logging.Handler):
    """Keeps every line of the log as it is written down."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines, self.form = [], JsonLines("web")

    def emit(self, record):
        self.lines.append(self.form.format(record))


@pytest.fixture(scope="module")
def log():
    """The lines that the program writes while the walk is on."""
    told, root = Told(), logging.getLogger()
    was = root.level
    root.addHandler(told)
    root.setLevel(logging.INFO)
    yield told.lines
    root.removeHandler(told)
    root.setLevel(was)


@pytest.fixture(scope="module")
def walk_through(filled, ask, log):
    """Every GET address of the walked unit: endpoint, answer, customers told, written, rows.

    The pages of help are the same for everybody and are left out.
    """
    return [(e, *ask(e.address)) for e in filled.examples() if not e.endpoint.startswith("help.")]


def test_no_answer_tells_of_a_customer_who_is_not_in_its_row(walk_through):
    faults = [
        f"{e.endpoint} {e.address}: {sorted(told - numbers)}"
        for e, _, told, numbers, _ in walk_through
        if told - numbers
    ]
    assert not faults
    told_of = {e.endpoint for e, _, told, _, _ in walk_through if told}
    assert len(told_of) > 45  # the walk does meet customers, or it proves nothing
    assert {"sheets.made", "papers.made", "deeds.bound", "visit_lists.file"} <= told_of


def test_the_walk_would_notice_a_door_that_forgets(ask, monkeypatch):
    monkeypatch.setattr(access_log, "_held", lambda response: set())
    _, told, numbers, _ = ask(f"{U}/lembar-pertama/pelanggan")
    assert len(told - numbers) == 8


def test_an_answer_is_one_row_that_says_who_where_and_how_many(walk_through):
    for e, _, _, numbers, rows in walk_through:
        assert len(rows) <= 1, e.endpoint
        for row in rows:
            assert row["route"] == e.endpoint and row["login"] in ("perencana", "kepala")
            assert row["ulp"] == small.SMALL and row["kind"] in access_log.KINDS
            assert row["whole_unit"] or row["customers"] == len(numbers)
    kinds = {row["kind"] for *_, rows in walk_through for row in rows}
    assert {"page", "export", "sheet", "map", "photo"} <= kinds


def test_a_program_of_maps_and_a_phone_are_written_down(ask):
    items = f"/api/ogc/{small.SMALL}/collections/customer/items"
    _, told, numbers, rows = ask(items)
    assert len(told) == 8 and told <= numbers and rows[0]["kind"] == "api"
    lists = ask(f"/{small.SMALL}/hp/daftar?perangkat={kit.DEVICE}", "surveyor")[0].json["lists"]
    address = f"/{small.SMALL}/hp/daftar/{lists[0]['list_id']}?perangkat={kit.DEVICE}"
    _, _, numbers, rows = ask(address, "surveyor")
    # The idpel lies on a phone by its last digits alone; the neighbours of the walk are there too.
    assert rows[0]["kind"] == "phone" and rows[0]["login"] == "surveyor"
    assert {small.idpel(n) for n in (1, 2, 4)} < numbers


def test_nothing_personal_may_be_kept_between_us_and_the_asker(walk_through):
    for e, answer, told, _, rows in walk_through:
        if rows or told:
            assert answer.headers["Cache-Control"] == "private, no-store", e.endpoint


def test_no_address_names_a_customer(walk_through):
    for e, answer, *_ in walk_through:
        assert not walk.customers_in(e.address.encode(), "text/plain"), e.endpoint
        if answer.mimetype != "text/html":
            continue
        addresses = re.findall(
            r'(?:href|src|action|formaction|data-[a-z-]+)="(/[^"]*)"', answer.text
        )
        assert not walk.customers_in("\n".join(addresses).encode(), "text/plain"), e.endpoint


def test_a_part_of_an_address_is_a_code_a_number_or_a_public_id(filled):
    parts = {(c.__class__.__name__, a) for r in filled.app.url_map.iter_rules()
             for a, c in r._converters.items()}  # fmt: skip
    free = {a for kind, a in parts if kind in ("UnicodeConverter", "PathConverter")}
    assert free <= FREE


def test_tiles_tell_of_no_customer(filled, ask):
    with filled.unguarded():
        ask(f"{U}/peta/unit")  # the tiles are written when somebody looks
    x, y = 106_568, 68_329
    told = b"".join(
        ask(f"{U}/peta/unit/tiles/17/{x + i}/{y + j}.mvt")[0].data
        for i in range(-1, 2) for j in range(-1, 2)
    )  # fmt: skip
    assert len(told) > 200
    assert not walk.customers_in(told, "application/vnd.mapbox-vector-tile")


def test_no_line_of_the_log_names_a_customer(walk_through, log, filled, ask):
    client = ask.client("perencana")
    for failing in (f"{U}/peta/rbm/{small.idpel(1)}", f"{U}/temuan?rbm={small.idpel(1)}",
                    f"/{small.idpel(1)}", f"{U}/pelanggan/{walk.name(2)}"):  # fmt: skip
        client.get(failing)
    with filled.unguarded():
        client.post(f"{U}/cari", data={"kata": small.idpel(1) + "\0"})
    assert len(log) > 100
    assert not walk.customers_in("\n".join(log).encode(), "text/plain")


def test_every_table_of_customers_as_a_file_writes_them_down(walk_through, ask):
    asked, seen = set(), 0
    for e, answer, told, *_ in walk_through:
        if answer.mimetype != "text/html" or not told or answer.status_code != 200:
            continue
        tables = re.findall(r'data-table="([^"]+)"', answer.text)
        for n, name in enumerate(t for t in tables if (e.endpoint, t) not in asked):
            asked.add((e.endpoint, name))
            kind = FILES[(len(asked) + n) % 3]
            mark = "&" if "?" in e.address else "?"
            file, told_of, numbers, _ = ask(f"{e.address}{mark}unduh={kind}&tabel={name}")
            assert file.status_code == 200, (e.endpoint, name)
            assert told_of <= numbers, (e.endpoint, name, kind, told_of - numbers)
            seen += bool(told_of)
    assert seen > 15


@pytest.mark.parametrize("kind", FILES)
def test_the_same_table_is_written_down_whole_in_every_kind(ask, kind):
    _, told, numbers, rows = ask(f"{U}/lembar-pertama/pelanggan?tabel=pelanggan&unduh={kind}")
    assert len(told) == 8 and told <= numbers
    assert rows[0]["kind"] == ("sheet" if kind == "pdf" else "export")


def test_a_search_is_written_down_too(filled, ask):
    with filled.unguarded():
        answer = ask.client("perencana").post(f"{U}/cari", data={"kata": "M3"}, follow_redirects=True)  # fmt: skip
    assert small.idpel(3) in walk.customers_in(answer.data, answer.mimetype)
    assert [int(small.idpel(3)) in row["numbers"] for row in written(filled.database, answer)] == [True]  # fmt: skip


def test_a_photo_says_whose_it_is_only_in_the_record(walk_through):
    found = {e.endpoint: numbers for e, _, _, numbers, _ in walk_through}
    assert small.idpel(0) in found["customers.photo"]


def test_the_map_of_the_unit_is_written_down_as_the_whole_unit(walk_through):
    row = next(rows[0] for e, *_, rows in walk_through if e.endpoint == "unit_map.page")
    assert row["whole_unit"] and row["customers"] >= 8 and row["numbers"] == []


def test_what_cannot_be_written_down_is_not_sent(filled, ask, monkeypatch):
    def broken(connection, **row):
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(access, "add", broken)
    answer = ask.client("perencana").get(f"{U}/pelanggan/{small.public_id(0)}")
    assert answer.status_code == 503
    assert not walk.customers_in(answer.data, answer.mimetype)
    assert "Catatan akses" in html.fromstring(answer.text).text_content()
    assert ask.client("perencana").get(f"{U}/bulan-ini").status_code == 200


def test_who_is_turned_away_saw_nobody(ask):
    _, told, numbers, rows = ask(f"{U}/lembar-pertama/pelanggan", login="surveyor")
    assert not told and not numbers and not rows

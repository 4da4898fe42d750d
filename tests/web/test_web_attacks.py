"""An attack in every field: shown as it is, run nowhere, in no address and no log."""

import csv
import io
import json
import logging
import re
from html.parser import HTMLParser
from urllib.parse import quote

import hostile_unit as hostile
import pytest
import small_unit as small
from attacks import ATTACKS
from markupsafe import escape

from rbmgeo.db.session import Database
from rbmgeo.maps.canvas import ready, standalone
from rbmgeo.reports.tables import DANGEROUS
from rbmgeo.settings import Settings
from rbmgeo.workflows.maps import energy_of_all, gardu_map, rbm_map
from web import create_app
from web.base_map import GOOGLE

PAGES = [
    "bulan-ini", "evaluasi", "evaluasi?lihat=gardu", "evaluasi?lihat=matriks", "temuan", "survei",
    "survei/usulan", "rute", "jadwal", "energi", "energi?lihat=gardu", "peta", "peta/energi",
    "lapangan", "laporan",
]  # fmt: skip
#: On these, every attack stands as some code or text.
WHOLE = {
    "evaluasi?lihat=gardu": 40, "peta": len(ATTACKS), "peta/energi": len(ATTACKS),
    "jadwal": len(ATTACKS),
}  # fmt: skip


@pytest.fixture(scope="module")
def database(make_database):
    made = Database(make_database("hostile", filled=hostile.build))
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(database, tmp_path_factory):
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_client() as made:
        data = {"nama": "admin", "sandi": small.PASSWORD}
        assert made.post("/masuk", data=data).status_code == 302
        yield made


def at(page: str) -> str:
    return f"/{hostile.HOSTILE}/{small.BLTH}/{page}"


OUTSIDE = re.compile(re.escape(GOOGLE) + r"-?\d+\.\d{6},-?\d+\.\d{6}")


class Elements(HTMLParser):
    """Every element that a browser would make of a page, and its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def check(page: str) -> int:
    """Say how many attacks a page shows; none may stand in it as markup."""
    bare = re.sub(r'<script type="application/json".*?</script>', "", page, flags=re.S)
    for tag, attributes in Elements(page).found:
        assert tag not in ("iframe", "math", "base", "img", "textarea", "object", "embed"), tag
        assert not [name for name in attributes if name.startswith("on") or name == "srcdoc"], tag
        assert attributes.get("http-equiv") is None
        for name in ("href", "src", "action"):
            at = attributes.get(name) or "/"
            # The one way out of a page takes a coordinate and nothing else.
            assert at.startswith(("/", "#")) or OUTSIDE.fullmatch(at), (tag, attributes)
    seen = 0
    for attack in ATTACKS:
        safe = str(escape(attack))
        seen += safe in bare
        if set(attack) & set("<\"'"):
            assert attack not in bare, attack
    return seen


def test_the_corpus_is_large():
    assert len(set(ATTACKS)) >= 30


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_attacks_as_text(client, page):
    answer = client.get(at(page))
    assert answer.status_code == 200
    assert check(answer.text) >= WHOLE.get(page, 1)


def test_a_customer_with_a_hostile_name_is_shown_literally(client):
    for n, attack in enumerate(ATTACKS):
        answer = client.get(at(f"pelanggan/{hostile.public_id(n)}"))
        assert answer.status_code == 200
        assert check(answer.text) >= 1, attack
    assert (
        "{{7*7}}" in client.get(at(f"pelanggan/{hostile.public_id(ATTACKS.index('{{7*7}}'))}")).text
    )


def test_maps_of_hostile_codes_open_and_hold_them_as_data(client):
    for n, attack in enumerate(ATTACKS):
        kind = ("rbm", "gardu")[n % 2]
        answer = client.get(at(f"peta/{kind}/{quote(attack)}"), follow_redirects=True)
        if "\n" in attack[1:]:  # no address holds a line's end, and no list's code does
            assert answer.status_code == 404, attack
            continue
        assert answer.status_code == 200, attack
        check(answer.text)
        if ready():
            data = json.loads(data_of(answer.text))
            assert attack in [g["code"] for g in data["gardu"]]


def test_a_map_holds_no_name_address_or_idpel(client):
    text = client.get(at(f"peta/rbm/{quote(ATTACKS[-1])}")).text
    held = data_of(text)
    assert all(small.idpel(n) not in held for n in range(len(ATTACKS)))
    assert set(json.loads(held)["points"][0]) == {"x", "y", "s", "id", "n"}
    shell = re.search(r"<script nonce=[^>]*>(.*?)</script>", text, re.S)[1]
    assert not re.search(r"pwned|7\*7|49|jahat", re.sub(r"-?\d+\.\d+", "", shell))


def test_a_map_as_one_file_runs_nothing(database):
    if not ready():
        pytest.skip("BROWSER LIBRARIES ABSENT: run make setup")
    with database.reading() as session:
        drawn = [
            energy_of_all(session, hostile.HOSTILE, blth_from=small.BLTH, blth_to=small.BLTH),
            *(rbm_map(session, hostile.HOSTILE, a) for a in ATTACKS),
            *(gardu_map(session, hostile.HOSTILE, a) for a in ATTACKS),
        ]
    for one, attack in zip(drawn, ["", *ATTACKS, *ATTACKS], strict=True):
        page = standalone(one.data, one.bounds, title=attack, lang="id", note=attack)
        begin = page.index('id="map-data">') + len('id="map-data">')
        assert json.loads(page[begin : page.index("</script>", begin)]) == json.loads(
            json.dumps(one.data)
        )
        start = page[: page.index("<style>")] + page[page.index("</style>") : begin]
        check(start)
        assert page.count("<script") == page.count("</script>") == 4


def test_files_for_a_spreadsheet_run_nothing(client):
    for page in ("energi/rbm.csv", "evaluasi/rbm.csv", "jadwal.csv"):
        answer = client.get(at(page))
        assert answer.status_code == 200
        lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True), newline="")))
        assert len({len(line) for line in lines}) == 1, page
        assert not [c for line in lines for c in line if c.startswith(DANGEROUS)], page


def test_no_log_and_no_address_names_a_customer(client, caplog):
    caplog.set_level(logging.DEBUG)
    for page in PAGES:
        text = client.get(at(page)).text
        for address in re.findall(r'(?:href|src|action)="([^"]*)"', text):
            assert not any(small.idpel(n) in address for n in range(len(ATTACKS)))
    client.post(at("cari"), data={"kata": small.idpel(3)})
    said = "\n".join(r.getMessage() for r in caplog.records)
    assert not any(small.idpel(n) in said for n in range(len(ATTACKS)))


def data_of(text: str) -> str:
    return re.search(r'id="map-data">(.*?)</script>', text, re.S)[1]

"""Every address of a unit whose every text is an attack: shown as it is, run nowhere."""

import csv
import gzip
import io
import json
import logging
import re
from dataclasses import dataclass

import planted_unit as planted
import pytest
import sinks
import small_unit as small
import walked_unit as walked
from any_row import NONE_MADE_UP
from attacks import ATTACKS, CODE, RUNS
from header_faults import faults
from walked_unit import Filled
from werkzeug.datastructures import Headers

from rbmgeo.db.session import Database
from rbmgeo.operations.logs import JsonLines
from rbmgeo.settings import Settings
from web import create_app

pytestmark = pytest.mark.drill  # every address with every attack takes minutes

#: What answers elsewhere than with 200 here, and why.
ELSEWHERE = {
    "base_maps.tile": 404,  # no file of tiles is there
    "tables.made": 404,  # no job made a table: test_web_exports
    "office_login.go": 404, "office_login.back": 404,  # no identity provider is set
    "region.uid": 404, "region.up3": 404,  # the unit belongs to none
    "vendor.one": 403, "vendor.page": 403, "vendor.map": 403, "vendor.sheet": 403, "vendor.mine": 403,  # a coordinator's own
    "signin.form": 302, "start.form": 302, "front.unit": 302, "workbench.newest": 302,
    "change_sets.of_month": 302, "phone_lists.page": 422, "phone_lists.one": 422,  # asked below
}  # fmt: skip
#: Addresses that tell all attacks that the database can hold, at least.
SHOW_ALL = {
    "answering.page", "arrears.page", "attention.page", "batches.one", "customers.page", "deeds.one",
    "devices.page", "events.one", "findings.at_desk", "first.customers", "jobs.page", "letters.page",
    "looks.page", "maps.rbm", "maps.gardu", "month_summary.page", "own.form", "papers.one", "routes.one",
    "photo_test.page", "reading_calendar.page", "routes.handover", "sampling.page", "telusur.gardu",
    "stand_samples.page", "survey.proposals", "survey.visits", "telusur.paper", "verification.show",
    "visit_lists.one", "visit_records.page", "visit_reviews.page",
}  # fmt: skip
#: Names that a browser may send with a file.
FILES = ("../../../tmp/x.csv", "..\\..\\x.csv", f"{CODE}.csv", "CON.csv", "a%0d%0ab.csv", "\u202evsc.exe.csv", ".csv")  # fmt: skip
#: A signature of code and attacks that stands in no line of a log.
TOLD = re.compile(r"pwned|7\*7|jahat|onload|calc")


@dataclass(frozen=True)
class Seen:
    """One address, asked once: what came, what is wrong with it, its words."""

    endpoint: str
    status: int
    headers: Headers
    faults: list[str]
    words: str


@pytest.fixture(scope="module")
def hostile(make_database, tmp_path_factory):
    """The walked unit, planted, and the columns that hold an attack; a client that may see everything."""
    database = Database(make_database("sinks", filled=walked.build))
    home = tmp_path_factory.mktemp("home")
    app = create_app(Settings(home=home), database)
    app.testing = True
    filled = Filled(app, database, home)
    with database.writing() as session:
        held = planted.plant(session)
    with filled.unguarded():
        client = filled.enter("kepala")
    yield filled, client, held
    database.close()


@pytest.fixture(scope="module")
def walk(hostile) -> tuple[list[Seen], list[str]]:
    """Every address asked once, and the lines that the log got meanwhile."""
    filled, client, _ = hostile
    lines, form = [], JsonLines("web")
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(form.format(record))  # type: ignore[method-assign]
    loggers = [
        logging.getLogger(n) for n in ("web", "rbmgeo", "sqlalchemy", "werkzeug", "py.warnings")
    ]
    for one in loggers:
        one.addHandler(handler)
        one.setLevel(logging.INFO)
    try:
        seen = [asked(client, e.endpoint, planted.address(e.address)) for e in filled.examples()]
    finally:
        for one in loggers:
            one.removeHandler(handler)
            one.setLevel(logging.NOTSET)
    return seen, lines


def asked(client, endpoint: str, at: str) -> Seen:
    answer = client.get(at)
    data = answer.data
    answer.close()
    if answer.headers.get("Content-Encoding") == "gzip":
        data = gzip.decompress(data)
    kind = sinks.TYPES.get(answer.mimetype)
    if kind is None and answer.mimetype not in sinks.OTHER:
        return Seen(
            endpoint,
            answer.status_code,
            answer.headers,
            [f"a type unheard of: {answer.mimetype}"],
            "",
        )
    faults, words = sinks.READ[kind](data) if kind and data else ([], "")
    return Seen(endpoint, answer.status_code, answer.headers, faults, words)


def test_every_text_of_the_models_is_hostile_or_left_with_a_reason(hostile):
    _, _, held = hostile
    known = {n for n, _ in planted.columns()}
    named = set().union(*planted.LEFT.values()) | planted.OPEN | planted.TAKEN_BACK
    assert named <= known | {n.partition(".")[2] for n in known}, "a column that is no more"
    unfilled = {
        n for n in planted.hostile() if n not in held and n.partition(".")[0] not in NONE_MADE_UP
    }
    assert unfilled == planted.TAKEN_BACK


def test_no_answer_holds_an_attack_as_anything_but_text(walk):
    wrong = [f"{s.endpoint}: {f}" for s in walk[0] for f in s.faults]
    assert not wrong, "\n".join(wrong)


def test_every_answer_tells_the_browser_to_run_nothing_else(walk):
    wrong = [f"{s.endpoint}: {f}" for s in walk[0] for f in faults(s)]
    assert not wrong, "\n".join(wrong)


def test_every_address_answers_as_for_anybody_else(walk):
    odd = {s.endpoint: s.status for s in walk[0] if s.status != ELSEWHERE.get(s.endpoint, 200)}
    assert odd == {}


def test_attacks_are_shown_letter_by_letter(walk):
    most: dict[str, int] = {}
    for one in walk[0]:
        shown = sum(a in one.words for a in ATTACKS)
        most[one.endpoint] = max(shown, most.get(one.endpoint, 0))
    assert {e for e in SHOW_ALL if most[e] < len(ATTACKS)} == set()
    assert sum("{{7*7}}" in s.words for s in walk[0]) > 100
    assert sum(CODE in s.words for s in walk[0]) > 60


def test_a_printed_paper_says_what_was_written(walk):
    papers = [s for s in walk[0] if s.headers.get("Content-Type") == "application/pdf"]
    plain = [re.sub(r"\s", "", s.words) for s in papers]
    assert sum("{{7*7}}" in p for p in plain) >= 6
    assert sum(re.sub(r"\s", "", ATTACKS[0]) in p for p in plain) >= 4


def test_the_log_has_one_line_an_event_and_quotes_nobody(walk):
    seen, lines = walk
    assert len(lines) >= len(seen) - 5
    for line in lines:
        assert "\n" not in line and "\r" not in line and "\x1b" not in line
        json.loads(line)
        assert not TOLD.search(line), line


def test_a_file_is_named_plainly_and_saved_not_shown(walk):
    for one in walk[0]:
        told = one.headers.get("Content-Disposition")
        if told is not None:
            assert re.fullmatch(r'(attachment|inline); filename="?[\w.-]+"?', told, re.A), told
        if one.headers["Content-Type"].partition(";")[0] in ("text/csv", "application/zip", "application/gpx+xml"):  # fmt: skip
            assert told is not None and told.startswith("attachment"), one.endpoint


def test_a_phone_gets_attacks_as_the_texts_that_they_are(hostile):
    filled, _, _ = hostile
    with filled.unguarded():
        phone = filled.enter("surveyor")
        at = f"/{small.SMALL}/hp/daftar"
        told = {"perangkat": "00000000-0000-0000-0000-00000000004d"}
        lists = phone.get(at, query_string=told)
        assert lists.status_code == 200 and lists.is_json, lists.text
        whole = [
            phone.get(f"{at}/{one['list_id']}", query_string=told) for one in lists.json["lists"]
        ]
    said = [json.dumps(json.loads(gzip.decompress(w.data)), ensure_ascii=False) for w in whole]
    assert whole and all(RUNS in s for s in said)


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_told_of_as_text(hostile, name):
    """Its name, its heading, its cells: on every page of the way in, in the files of what was refused."""
    filled, _, _ = hostile
    lines = [["IDPEL", "NAMA", "PEMKWH", ATTACKS[0]]]
    lines += [
        [small.idpel(0) if n else attack, attack, "1,00", attack]
        for n, attack in enumerate(ATTACKS)
    ]
    lines += [[attack, "Orang", attack, ""] for attack in ATTACKS]
    held = io.StringIO()
    csv.writer(held, delimiter=";", lineterminator="\n").writerows([["RBM 51354BKA periode 122024", "", "", ""], *lines])  # fmt: skip
    with filled.unguarded():
        client = filled.enter("perencana")
        where = filled._post(
            f"{walked.U}/kiriman", client, berkas=(io.BytesIO(held.getvalue().encode()), name)
        )
        pages = [client.get(where)]
        questions = re.findall(r'name="jawab-([0-9a-f]{12})"', pages[0].text)
        filled._post(f"{where}/periksa", client, **{f"jawab-{key}": "ya" for key in questions})
        pages += [client.get(where), client.get(f"{where}/ditolak")]
        pages += [client.get(f"{where}/petakan/{key}") for key in questions]
    assert {p.status_code for p in pages} == {200}
    for page in pages:
        kind = sinks.TYPES[page.mimetype]
        found, _ = sinks.READ[kind](page.data)
        assert found == [], page.request.path
    assert any("{{7*7}}" in p.text for p in pages)
    inside = [p for p in (filled.home).rglob("*") if p.is_file()]
    assert all(re.fullmatch(r"[\w.() -]+", p.name, re.A) for p in inside), (
        "names on the disk are plain"
    )


@pytest.mark.drill
@pytest.mark.parametrize("turn", range(0, len(ATTACKS), 9))
def test_each_attack_by_itself_in_every_column(make_database, tmp_path_factory, turn):
    database = Database(make_database(f"sinks_{turn}", filled=walked.build))
    home = tmp_path_factory.mktemp("home")
    app = create_app(Settings(home=home), database)
    app.testing = True
    filled = Filled(app, database, home)
    with database.writing() as session:
        planted.plant(session, turn=turn)
    with filled.unguarded():
        client = filled.enter("kepala")
    seen = [asked(client, e.endpoint, planted.address(e.address)) for e in filled.examples()]
    wrong = [f"{s.endpoint}: {f}" for s in seen for f in s.faults]
    assert not wrong, "\n".join(wrong)
    assert {s.endpoint: s.status for s in seen if s.status != ELSEWHERE.get(s.endpoint, 200)} == {}
    database.close()

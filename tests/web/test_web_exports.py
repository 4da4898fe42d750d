"""Every table of every page as Excel, CSV and PDF, read back by programs of others."""

import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest
import small_unit as small
from lxml import html
from pypdf import PdfReader
from test_web_access import routes

pytestmark = pytest.mark.database
TEMPLATES = Path(__file__).resolve().parents[2] / "web/templates"
U = f"/{small.SMALL}/{small.BLTH}"
#: Tables that are no list of data, and why they have no files of their own.
WITHOUT = {
    "answers.html": "faults of a file just sent: the answer to a form has no address",
    "own.html": "the same",
    "api.html": "documentation of addresses",
    "letter.html": "a letter; it has its own PDF",
    "plans.html": "the three cards say what the table below them says of all plans",
    "route_settings.html": "a form",
    "wizard_map.html": "the first lines of a file being sent",
    "wizard_mapping.html": "the same, and a form",
}


def test_every_table_of_the_templates_has_a_name_or_a_reason_to_have_none():
    bare = set()
    for path in TEMPLATES.glob("*.html"):
        for tag in re.findall(r"<table[^>]*>", path.read_text()):
            name = re.search(r'data-table="([^"]+)"', tag)
            if name is None:
                bare.add(path.name)
    assert bare == set(WITHOUT)


def pages_with_tables(app, client, ids):
    for endpoint, method, address in routes(app, ids):
        if method != "GET" or address.startswith(("/api/", "/static/")):
            continue
        answer = client.get(address)
        if answer.status_code == 200 and answer.mimetype == "text/html" and "<table" in answer.text:
            yield endpoint, address, html.fromstring(answer.text)


def test_every_table_that_is_shown_offers_its_files_and_they_hold_its_rows(app, ids, as_role):
    client, seen = as_role("perencana"), 0
    for endpoint, address, page in pages_with_tables(app, client, ids):
        for table in page.xpath("//table[@data-table]"):
            name, rows = table.get("data-table"), len(table.xpath("./tbody/tr"))
            links = {a.text: a.get("href") for a in page.xpath('//p[contains(@class,"exports")]/a')
                     if f"tabel={name}&" in a.get("href") + "&"}  # fmt: skip
            assert set(links) == {"Excel", "CSV", "PDF"}, (endpoint, name)
            got = client.get(links["CSV"])
            assert got.status_code == 200, (endpoint, name, got.text)
            lines = list(csv.reader(io.StringIO(got.text)))
            assert len(lines) == rows + 1, (endpoint, name)
            assert len({len(line) for line in lines}) == 1, (endpoint, name)
            assert "\ue0a0" not in got.text, (endpoint, name)
            seen += 1
            print(endpoint, name); print(got.text[:600])
    assert seen > 25

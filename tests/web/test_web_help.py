"""Help: every page leads to it, every task has its steps, its picture and its buttons, twice."""

import re
from pathlib import Path

import pytest
import small_unit as small
from PIL import Image
from test_web_languages import TEMPLATES, pairs_of_module, pairs_of_template, wrong_side

from rbmgeo.terms import Role
from web import help as told
from web import shell
from web.help import TOPICS
from web.words import WORDS

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "web/static/img/help"
#: Pages without a task of their own: they lead to the list of all help.
NO_TASK = {"help.page", "help.one"}


def sentences(topic):
    return [topic.title, topic.lead, *topic.steps, topic.picture, *filter(None, [topic.keys])]


def on_screen():
    """Every sentence that a page shows, by language."""
    pairs = [p for path in TEMPLATES for p in pairs_of_template(path.read_text("utf-8"))]
    for path in (ROOT / "web/pages").glob("*.py"):
        pairs += pairs_of_module(path.read_text("utf-8"))
    pairs += WORDS.values()
    items = (*shell.FIRST, *shell.SOP, *shell.LAST, *shell.OFFICE, *shell.BAR)
    pairs += [(item.indonesian, item.english) for item in items]
    return {pair[0] for pair in pairs}, {pair[1] for pair in pairs}


def test_every_sentence_of_help_has_both_sides():
    wrong = [
        (t.key, why, pair) for t in TOPICS for pair in sentences(t) if (why := wrong_side(*pair))
    ]
    assert wrong == []


def test_what_help_calls_a_button_stands_on_a_page():
    shown = on_screen()
    named = [
        (topic.key, word)
        for topic in TOPICS
        for pair in sentences(topic)
        for side in (0, 1)
        for word in re.findall(r"\[([^\]]+)\]", pair[side])
        if word not in shown[side]
    ]
    assert named == []


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_task_has_a_small_picture_in_both_languages(lang):
    for topic in TOPICS:
        path = PICTURES / f"{topic.key}-{lang}.png"
        assert path.is_file(), f"{path.name}: run make help-pictures"
        assert path.stat().st_size < 60_000, path.name
        with Image.open(path) as picture:
            assert picture.width >= 390
    assert {p.name for p in PICTURES.iterdir()} == {
        f"{t.key}-{lang}.png" for t in TOPICS for lang in ("id", "en")
    }, "a picture of no task"


def test_every_page_of_a_unit_has_help_of_its_own(app):
    areas = {place.partition(".")[0] for t in TOPICS for place in t.about}
    known = {r.endpoint for r in app.url_map.iter_rules()}
    names = {place for t in TOPICS for place in t.about}
    assert all(n in known or any(k.startswith(f"{n}.") for k in known) for n in names)
    without = {
        r.endpoint
        for r in app.url_map.iter_rules()
        if "ulp" in r.arguments
        and "GET" in r.methods
        and not r.rule.startswith("/api/")
        and told.about(r.endpoint) is None
    } - NO_TASK
    assert {e for e in without if e.partition(".")[0] not in areas} == set()


def test_every_role_has_tasks_of_its_own():
    for role in Role:
        assert [t for t in TOPICS if role in t.roles], role


def test_the_link_of_a_page_leads_to_its_help(as_role):
    client, unit = as_role("pengawas"), f"/{small.SMALL}/{small.BLTH}"
    page = client.get(f"{unit}/survei/usulan").text
    assert f'href="{unit}/bantuan/usulan"' in page
    shown = client.get(f"{unit}/bantuan/usulan").text
    assert "Menyetujui usulan" in shown and '<b class="ui">Setujui</b>' in shown
    assert re.search(r'<img src="[^"]*img/help/usulan-id\.png" alt="Halaman Verifikasi', shown)
    client.post("/bahasa", data={"lang": "en"})
    assert "usulan-en.png" in client.get(f"{unit}/bantuan/usulan").text
    assert client.get("/bantuan").status_code == 200
    assert client.get(f"{unit}/bantuan/tidak-ada").status_code == 404

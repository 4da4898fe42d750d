"""Indonesian and English stand side by side: no page has words of one language only."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from web import shell
from web.words import WORDS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "web/templates").glob("**/*.html"))


def words_in(text: str) -> set[str]:
    """Return the words of a list."""
    return set(text.split())


#: Words that PLN's staff and everybody else say alike in both languages.
KEPT = words_in(
    """
    rbmgeo idpel ulp up uid rbm gardu jtr kva kwh va rp km menit hari cv n p sop iv csv excel gpx
    kml pdf xlsx sha geopackage geojson english bahasa indonesia jurusan pdpj cater ap t dpm
    tiang tarif daya plg sql ogc api utf gis qgis arcgis geom json html png mb m lbkb polygon v
    uuid pandaan i ii vi aql ac re
    """
)
SHOWN = ("aria-label", "title", "placeholder", "alt", "aria-description", "summary", "label")
#: Small words that betray a sentence's language; none of them is a word of the other.
INDONESIAN = words_in(
    """
    yang dan atau tidak belum sudah dengan untuk dari pada oleh agar jika bila ini itu akan bisa
    harus ada adalah lalu lebih dulu tanpa semua setiap tiap kalau karena hanya masih lagi
    sesudah sebelum sampai pelanggan temuan rute berkas unggah simpan kirim cari pilih ubah
    hapus jumlah bulan petugas rumah anda kembali batalkan tutup buka lihat berikutnya
    sebelumnya tambah putusan usulan
    """
)
ENGLISH = words_in(
    """
    the and or not with for from by if this that will can must is are be been then more
    without all every because only still again after before until customer customers finding
    findings file files save send search choose change month house houses you your of to it
    which what how
    """
)


class Words(HTMLParser):
    """Collect the words that a page shows, with its attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.within: list[str] = []  # the element that says its own language, or is not read

    def handle_starttag(self, tag, attrs):
        if self.within:
            self.within += [tag] if tag == self.within[0] else []
        elif tag in ("script", "style", "code") or ("lang", "id") in attrs:
            self.within = [tag]
        else:
            self.found += [value for name, value in attrs if name in SHOWN and value]

    def handle_endtag(self, tag):
        if self.within and tag == self.within[0]:
            self.within.pop()

    def handle_data(self, data):
        if not self.within:
            self.found.append(data)


def words(text: str) -> list[str]:
    """Return the words of a text, small; names in capitals and of columns are no words."""
    found = re.findall(r"\w+", text)
    return [w.lower() for w in found if w.isalpha() and not (w.isupper() and len(w) > 3)]


def bare(source: str) -> list[str]:
    """Return what a template shows outside of its expressions."""
    # What a block hands to its base as a class is not shown.
    source = re.sub(r"{% block width %}.*?{% endblock %}", "", source)
    kept, inside = [], 0
    for _, kind, value in Environment(trim_blocks=True).lex(source):
        if kind in ("variable_begin", "block_begin", "comment_begin", "raw_begin"):
            inside += 1
        elif kind in ("variable_end", "block_end", "comment_end", "raw_end"):
            inside -= 1
            kept.append("\x01" if kind == "variable_end" else "")
        elif kind == "data" and not inside:
            kept.append(value)
    parser = Words()
    parser.feed("".join(kept))
    return parser.found


def pairs_of_template(source: str) -> list[tuple[str, str]]:
    """Return the sentence pairs of a template: `_('Indonesian', 'English')`."""
    tree = Environment(extensions=["jinja2.ext.do"]).parse(source)
    found = []
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "tr"):
            told = [a.value for a in call.args if isinstance(a, nodes.Const)]
            if call.dyn_args or any(not isinstance(a, nodes.Const) for a in call.args):
                continue  # words that Python holds in pairs: checked there
            assert len(told) == 2, f"line {call.lineno}: {told} is no pair"
            found.append((told[0], told[1]))
    return found


def pairs_of_module(source: str) -> list[tuple[str, str]]:
    """Return the sentence pairs that a module of the web gives to `tr`."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "tr":
            told = [a.value for a in call.args if isinstance(a, ast.Constant)]
            if len(told) == 2:
                found.append((str(told[0]), str(told[1])))
    return found


def wrong_side(indonesian: str, english: str) -> str:
    """Say what speaks against a pair; nothing if it is one."""
    if not indonesian.strip() or not english.strip():
        return "one side is empty"
    if {*re.findall(r"\{(\w+)\}", indonesian)} != {*re.findall(r"\{(\w+)\}", english)}:
        return "the sides name different values"
    if strayed := INDONESIAN & set(words(english)):
        return f"Indonesian in the English side: {sorted(strayed)}"
    if strayed := ENGLISH & set(words(indonesian)):
        return f"English in the Indonesian side: {sorted(strayed)}"
    return ""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.stem)
def test_a_template_shows_no_word_outside_of_a_pair(path):
    said = [re.sub(r"https?://\S+", "", t).strip() for t in bare(path.read_text("utf-8"))]
    alone = [text for text in said if set(words(text)) - KEPT]
    assert alone == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.stem)
def test_nor_does_an_expression_say_a_sentence_in_one_language(path):
    tree = Environment(extensions=["jinja2.ext.do"]).parse(path.read_text(encoding="utf-8"))
    pairs = [c for c in tree.find_all(nodes.Call) if getattr(c.node, "name", "") in ("_", "tr")]
    known = {id(n) for part in (*pairs, *tree.find_all(nodes.Compare)) for n in part.find_all(nodes.Const)}  # fmt: skip
    # A state's key ("how.sel ...") is looked up, not shown.
    said = [
        text
        for n in tree.find_all(nodes.Const)
        if id(n) not in known and not re.match(r"[a-z]+\.", text := str(n.value))
    ]
    assert [
        text for text in said if " " in text and (INDONESIAN | ENGLISH) & set(words(text))
    ] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "web/static/js").glob("*.js")), ids=lambda p: p.stem
)
def test_a_script_says_nothing_but_what_its_page_handed_it(path):
    source = re.sub(r"(^|\s)//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    source = re.sub(r"\$\{[^{}]*\}|:not\(", " ", source)
    said = [text for pair in re.findall(r'"([^"\n]*)"|`([^`]*)`', source) for text in pair]
    strayed = [
        t
        for t in said
        if " " in t
        and not t.strip().startswith(("http", "[", "?"))  # an address, a place in the page
        and (INDONESIAN | ENGLISH) & set(words(t))
    ]
    assert strayed == []


def test_every_pair_has_both_sides_and_no_word_of_the_other():
    pairs = [
        *((p.name, *pair) for p in TEMPLATES for pair in pairs_of_template(p.read_text("utf-8"))),
        *(
            (p.name, *pair)
            for p in sorted((ROOT / "web").glob("**/*.py"))
            for pair in pairs_of_module(p.read_text("utf-8"))
        ),
        *((key, *pair) for key, pair in WORDS.items()),
        *(
            (item.endpoint, item.indonesian, item.english)
            for item in (*shell.FIRST, *shell.SOP, *shell.LAST, *shell.OFFICE, *shell.BAR)
        ),
    ]
    assert len(pairs) > 1500
    wrong = [(where, why, i, e) for where, i, e in pairs if (why := wrong_side(i, e))]
    assert wrong == []

"""Text of others is made markup nowhere: what is marked as markup is declared, and none of it is a text."""

import ast
import json
import re
from pathlib import Path

import pytest

from rbmgeo.maps.canvas import inside_script, script

ROOT = Path(__file__).resolve().parents[3]
PYTHON = [p for room in ("rbmgeo", "web") for p in (ROOT / room).rglob("*.py")]
TEMPLATES = sorted((ROOT / "web/templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "web/static/js").rglob("*.js"))
BOX = (112.7, -7.7, 112.8, -7.6)
#: What may be put where markup is expected: the map's shell (numbers alone), JSON that cannot end its
#: element, and texts that were escaped in the same line.
MARKED = re.compile(
    r"canvas\.(script|inside_script)\(.*|escape\(\w+\)|_BUTTON\.sub\(.*str\(escape\(sentence\)\)\)",
    re.S,
)
#: What templates take as markup: closing tags and words of our own, pictures drawn by ourselves.
SAFE = re.compile(r"'</\w+>'|_\('[^{}]*', '[^{}]*'\)|(drawn|around\.map)\.svg")
RUNS_TEXT = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setHTML|\.srcdoc|createContextualFragment|set(Timeout|Interval)\(\s*['\"`]"  # fmt: skip


def calls(path, name):
    tree = ast.parse(path.read_text("utf-8"))
    return [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and ast.unparse(n.func).rpartition(".")[2] == name
    ]


def test_folium_is_used_in_one_file_and_of_it_the_map_alone():
    using = [
        p
        for p in PYTHON
        if re.search(r"^\s*(import|from) (folium|branca)", p.read_text("utf-8"), re.M)
    ]
    assert [p.name for p in using] == ["canvas.py"]
    tree = ast.parse(using[0].read_text("utf-8"))
    used = {
        n.attr
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "folium"
    }
    assert used == {"Map"}, "a class more needs the corpus of attacks in its own test"


@pytest.mark.parametrize(
    "attack", ["{{7*7}}", "1{{7*7}}", "</script>", "'+alert(1)+'", "nan{% x %}"]
)
@pytest.mark.parametrize("at", range(4))
def test_the_shell_takes_numbers_and_nothing_else(attack, at):
    box = [attack if n == at else v for n, v in enumerate(BOX)]
    with pytest.raises(ValueError, match="float"):
        script(tuple(box))


def test_the_shell_of_a_map_holds_no_word_beside_its_own():
    made = script(BOX)
    assert "{{" not in made and "{%" not in made
    assert script(BOX) == made


@pytest.mark.parametrize(
    "attack", ["</script><script>x", "<!--<script>", "]]>", "&lt;", "\u2028", "{{7*7}}", "'\"\\"]
)
def test_json_in_a_page_cannot_end_its_element(attack):
    told = inside_script({"a": attack, attack: [attack]})
    assert not set(told) & set("<>&")
    assert json.loads(told) == {"a": attack, attack: [attack]}


def test_what_python_marks_as_markup_is_declared():
    marked = [
        (p, ast.unparse(call.args[0])) for p in PYTHON for call in calls(p, "Markup") if call.args
    ]
    assert len(marked) > 8
    assert [(p.name, said) for p, said in marked if not MARKED.fullmatch(said)] == []


def test_what_templates_mark_as_markup_is_declared():
    wrong = []
    for path in TEMPLATES:
        told = path.read_text("utf-8")
        assert "autoescape" not in told and "Markup" not in told, path.name
        for said in re.findall(r"([^{}|\s][^{}|]*?)\s*\|\s*safe\b", told):
            part = said.rpartition(" else ")[2]
            if not SAFE.search(part):
                wrong.append(f"{path.name}: {said}")
        wrong += [
            f"{path.name}: no quotes around {a}" for a in re.findall(r"\s[\w-]+=\{\{[^}]*", told)
        ]
        wrong += [f"{path.name}: {a}" for a in re.findall(r"(?<![\w-])on[a-z]+=[\"'][^\"']*", told)]
    assert wrong == []


def test_templates_come_from_files_alone():
    wrong = [
        p.name
        for p in PYTHON
        if re.search(r"render_template_string|\.from_string\(|Template\(", p.read_text("utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_no_script_of_ours_makes_markup_of_text(path):
    assert not re.search(RUNS_TEXT, path.read_text("utf-8"))


@pytest.mark.drill  # half a minute
def test_nothing_of_ours_runs_text():
    wrong = []
    for path in PYTHON:
        for name in ("eval", "exec", "system", "popen", "loads_pickle"):
            wrong += [
                f"{path.name}: {name}"
                for c in calls(path, name)
                if ast.unparse(c.func) in (name, f"os.{name}")
            ]
        told = path.read_text("utf-8")
        if re.search(r"shell=True|^\s*(import|from) (pickle|marshal|shelve|yaml)\b", told, re.M):
            wrong.append(path.name)
    assert wrong == []

"""What an address may be asked with is a list: anything else is the usual page or a plain refusal."""

import ast
import re
from pathlib import Path

import pytest
import sinks
import small_unit as small
from attacks import ATTACKS, UNTOLD
from hypothesis import given
from hypothesis import strategies as st
from test_web_access import routes

pytestmark = pytest.mark.drill  # every address with every attack takes minutes

WEB = Path(__file__).resolve().parents[2] / "web"
U = f"/{small.SMALL}/{small.BLTH}"
#: Addresses with a table that is asked for parts, an order, a kind.
TABLES = (
    "temuan", "evaluasi", "energi", "energi/dlpd", "jadwal", "mutasi", "rute", "survei", "survei/usulan",
    "lembar-pertama/pelanggan", "lapangan/daftar", "lapangan/tinjau", "tunggakan", "uji-petik/buku",
    "meja-stand", "pekerjaan", "verifikasi-gardu/alur", "peta", "serah-terima",
)  # fmt: skip
#: Kept away from: they make somebody log out or ask a job that takes long.
_NOT = {"static", "openapi.spec", "health.alive", "health.ready"}


_ASKS = re.compile(r"(?:args|asked)\.get(?:list)?|_\w+")


def names() -> list[str]:
    """Every name that the pages ask of an address, as their sources say."""
    found = {"tabel", "unduh", "hal", "urut", "sort", "order", "limit", "offset", "next"}
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            first, asks = node.args[0], ast.unparse(node.func)
            named = isinstance(first, ast.Constant) and re.fullmatch(
                r"[a-z_]{1,20}", str(first.value)
            )
            if named and _ASKS.fullmatch(asks.removeprefix("request.")):
                found.add(str(first.value))
    return sorted(found)


NAMES = names()


def fine(answer) -> None:
    """Hold an answer to: no fault of ours, nothing said back but as text, no word of SQL."""
    assert answer.status_code < 500, (answer.request.path, answer.request.query_string)
    if answer.mimetype == "text/html":
        faults, words = sinks.html(answer.data)
        assert faults == [], answer.request.path
        assert not re.search(r"psycopg|sqlalchemy|syntax error at|UndefinedColumn|LINE 1:", words)
    answer.close()


def test_the_names_are_those_of_the_sources():
    assert {"jenis", "keadaan", "petugas", "rbm", "dari", "lihat", "hal", "tabel"} <= set(NAMES)


def test_every_address_asked_with_attacks_under_all_its_names(app, ids, as_role):
    client = as_role("admin")
    asked = [(e, at) for e, method, at in routes(app, ids) if method == "GET" and e not in _NOT]
    for turn, (_, address) in enumerate(asked):
        query = {n: ATTACKS[(turn + k) % len(ATTACKS)] for k, n in enumerate(NAMES) if n != "unduh"}
        fine(client.get(address, query_string=query))


@given(
    page=st.sampled_from(TABLES),
    query=st.dictionaries(
        st.one_of(st.sampled_from(NAMES), st.text(max_size=8)),
        st.one_of(st.sampled_from([*ATTACKS, *UNTOLD, "-1", "0", "99999999999999999999", "1e9", "NaN"]), st.text(max_size=12)),
        min_size=1, max_size=4,
    ),
)  # fmt: skip
def test_any_name_and_any_value_is_a_page_or_a_refusal(as_role_once, page, query):
    plain = {
        k.encode("utf-8", "replace").decode(): v.encode("utf-8", "replace").decode()
        for k, v in query.items()
    }
    fine(as_role_once.get(f"{U}/{page}", query_string=plain))


@pytest.fixture
def as_role_once(as_role):
    return as_role("admin")


@pytest.mark.parametrize("raw", ["hal=%ff%fe", "%00=1", "rbm=%ed%a0%80", "a=1&a=2&rbm[]=x&rbm[$ne]=1", "&&=&=", "jenis=" + "%f0" * 50])  # fmt: skip
@pytest.mark.parametrize("page", ["temuan", "energi", "lembar-pertama/pelanggan"])
def test_broken_bytes_of_an_address_are_no_fault_of_ours(as_role_once, page, raw):
    fine(as_role_once.get(f"{U}/{page}?{raw}"))


@pytest.mark.parametrize(
    "raw", ["", "&jenis=" + "%3Cscript%3E", "&%00=x", "&x=%1b%5B2J", "&" + "y" * 300 + "=1"]
)
@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_file_of_a_table_says_its_choice_as_text(as_role_once, kind, raw):
    """The choice of a table stands above its rows in Excel and PDF."""
    answer = as_role_once.get(f"{U}/temuan?tabel=temuan&unduh={kind}{raw}")
    assert answer.status_code < 500
    if answer.status_code == 200:
        faults, _ = sinks.READ[kind](answer.data)
        assert faults == []


@pytest.mark.parametrize("attack", [*ATTACKS[:8], *ATTACKS[-20:]])
def test_what_is_searched_for_is_said_back_as_text(as_role_once, attack):
    fine(as_role_once.post(f"{U}/cari", data={"kata": attack}))


@pytest.mark.parametrize("name", ["Accept-Language", "X-Request-ID", "Referer", "User-Agent", "X-Forwarded-For", "If-None-Match", "Cookie"])  # fmt: skip
def test_headers_of_strangers_are_no_fault_of_ours(app, name):
    for attack in ATTACKS:
        told = re.sub(r"[\r\n]", " ", attack).encode("utf-8").decode("latin-1")
        answer = app.test_client().get("/masuk", headers={name: told})
        fine(answer)
        assert "pwned" not in str(answer.headers)

"""Who sees what of two units: every route of the application, every role, own and foreign ids.

Nothing is listed by hand: the addresses come from the list of routes, what each asker may do from
the rule that the route declares. The second unit is the first one's rows under other ids, a mark
in each of its words and numbers (`two_units`): no answer to anybody of the first unit may hold one.
"""

import uuid
from dataclasses import dataclass

import pytest
import small_unit as small
import two_units as two
import walked_unit as walked
from sqlalchemy import text

from rbmgeo.db.queries import board, people
from rbmgeo.db.scope import UNIT, Scope
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import access, create_app

A, B = small.SMALL, small.OTHER
#: What an answer to somebody of the first unit may never hold: words, numbers, idpel, UUIDs.
LEAKS = (
    two.MARK.encode(),
    f"{B}0000".encode(),
    two.UUID_HEAD.encode(),
    b"77223,5",
    b"77.223,5",
    b"77223.5",
    b"77,223.5",
)
#: A download in a packed format holds its words packed: it is opened before it is looked at.
NOWHERE = {"int": 987654, "uuid": uuid.UUID("dddddddd-0000-4000-8000-000000000001"), "str": "TIADA"}


@dataclass(frozen=True)
class Ask:
    """One address of a route: ``ids`` says whose parts it is filled with."""

    endpoint: str
    method: str
    address: str
    unit: str
    ids: str


class World:
    """Both units behind one application, and a client for everybody."""

    def __init__(self, database, app, filled):
        self.app, self.database, self.filled = app, database, filled
        self.clients, self._asks, self._grants, self._known = {}, {}, {}, {}

    def client(self, login):
        if login not in self.clients:
            made = self.app.test_client()
            if login:
                sent = {"nama": login, "sandi": small.PASSWORD}
                assert made.post("/masuk", data=sent).status_code == 302
            self.clients[login] = made
        return self.clients[login]

    def grants(self, login):
        if login not in self._grants:
            self._grants[login] = self._roles(login) if login else {}
        return self._grants[login]

    def _roles(self, login):
        with self.database.reading() as session:
            user = session.scalar(
                text("SELECT user_id FROM app_user WHERE login = :l"), {"l": login}
            )
            return people.roles(session, user_id=user)

    def asks(self, methods=("GET", "POST")):
        """Return every route in both units, with parts of the one, of the other, and of neither."""
        if methods in self._asks:
            return self._asks[methods]
        found = {}
        for rule in self.app.url_map.iter_rules():
            for method in sorted(rule.methods & set(methods)):
                for unit, ids in (
                    (A, "own"),
                    (A, "foreign"),
                    (A, "nowhere"),
                    (B, "own"),
                    (B, "foreign"),
                ):
                    # An address without a part of its own is the same whosever ids are asked for.
                    parts = self._parts(rule, A if unit == A else B, ids)
                    if parts is None:
                        continue
                    built = rule.build(parts)
                    if built is not None:
                        ask = Ask(
                            rule.endpoint,
                            method,
                            built[1],
                            unit if "ulp" in rule.arguments else "",
                            ids,
                        )
                        found.setdefault((method, built[1]), ask)
        self._asks[methods] = list(found.values())
        return self._asks[methods]

    def _parts(self, rule, unit, ids):
        if rule.endpoint not in self._known:
            more = self.filled._more(rule.endpoint)[0]
            self._known[rule.endpoint] = {**self.filled._usual(rule.endpoint), **more}
        usual = self._known[rule.endpoint]
        usual = {"user_id": 1, "handoff_id": 1, "print_id": 1, "decision_id": 1, "look_id": 1, "schedule_id": 1,
                  "proposal_id": 1, "device_id": uuid.UUID(int=7), "assigned_id": 1, "sha256": "0" * 64, "part": "berita",
                  "batch_id": 1, "run_id": 1, "sheet_id": uuid.UUID(int=9), "erasure_id": 1, "move_id": 1,
                   "year": 2024, "number": 1, **usual}  # fmt: skip
        parts = {}
        for name in rule.arguments:
            value = usual[name]
            of_b = (unit == B) == (ids == "own")
            if name == "ulp":
                value = unit
            elif name in (
                "blth",
                "filename",
                "kind",
                "name",
                "z",
                "x",
                "y",
                "surveyor",
                "day",
                "table_name",
                "part",
                "job",
                "subject",
            ) or (name == "key" and rule.endpoint == "help.one"):
                pass
            elif ids == "nowhere":
                value = NOWHERE[
                    "uuid" if _is_uuid(value) else "int" if isinstance(value, int) else "str"
                ]
            elif of_b:
                value = _other(name, value)
            parts[name] = value
        return parts


def _is_uuid(value):
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True


def _other(name, value):
    """Return the id of the same row in the second unit."""
    if _is_uuid(value):
        return uuid.UUID(two.UUID_HEAD + str(uuid.UUID(str(value)))[8:])
    if name == "tile_id":
        return int(two.UUID_HEAD + f"{int(value):013x}"[8:], 16)
    if isinstance(value, int):
        return value + two.MORE if name not in ("user_id", "year", "number", "no") else value
    return value if name in ("token", "key", "sha256") else f"{value}{two.MARK}"


@pytest.fixture(scope="module")
def world(make_database, tmp_path_factory):
    database = Database(make_database("matrix", filled=walked.build))
    home = tmp_path_factory.mktemp("home")
    app = create_app(Settings(home=home), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    filled = walked.Filled(app, database, home)
    with database.writing() as session:
        copied = two.add_second(session, like=A, ulp=B, roles=small.ROLES)
        tables = sum(1 for n in copied.values() if n)
    assert tables > 50, "the second unit is as full as the first"
    # A server answers an error; a test raises it.
    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = False, False
    app.config["WTF_CSRF_ENABLED"] = False
    yield World(database, app, filled)
    database.close()


def leaks_of(answer):
    """Return the marks of the second unit that an answer holds."""
    body = answer.data
    if body[:2] == b"\x1f\x8b":
        import gzip

        body = gzip.decompress(body)
    if body[:2] == b"PK":
        import io
        import zipfile

        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"".join(packed.read(n) for n in packed.namelist())
    return [mark for mark in LEAKS if mark in body]


def admitted(world, login, ask):
    """Say what the route's declared rule says of who asks."""
    rule = access.rule_of(world.app, ask.endpoint)
    grants = world.grants(login)
    if rule.public:
        return True
    if not login or not rule.admits(grants, ask.unit or None):
        return False
    return (
        not ask.unit
        or rule.everywhere
        or bool(grants.get(ask.unit, set()) | grants.get("*", set()))
    )


def _public(world, ask):
    return access.rule_of(world.app, ask.endpoint).public


def _known(world, login, unit):
    grants = world.grants(login)
    return not unit or bool(grants.get(unit, set()) | grants.get("*", set()))


def walk(world, login, *, units=(A, B), methods=("GET", "POST"), ids=("own", "foreign", "nowhere")):
    """Ask everything as somebody; return what is not as declared, and what leaked."""
    wrong, leaked, asked = [], [], 0
    client = world.client(login)
    of_a = login and not login.startswith("b_")
    for ask in world.asks(methods):
        if (
            (ask.unit or A) not in units
            or ask.ids not in ids
            or ask.endpoint in ("signin.out", "account.change")
        ):
            continue
        may = admitted(world, login, ask)
        if may and ask.method == "POST" and ask.ids == "own":
            continue  # what one's own forms do is the business of their own tests
        answer = client.open(ask.address, method=ask.method)
        asked += 1
        turned = answer.status_code in (401, 403) or (
            answer.status_code == 302 and "/masuk" in answer.headers.get("Location", "")
        )
        # Who is logged in elsewhere is turned away from a unit's page for everybody, too.
        stranger = _public(world, ask) and login and not _known(world, login, ask.unit)
        refused = answer.status_code in (401, 403) and may and not stranger
        # A list of the field is its own officer's, which no rule of a route can say.
        refused = refused and not (ask.endpoint == "visit_lists.file" and "surveyor" in login)
        if answer.status_code >= 500 or refused or (not may and not turned):
            wrong.append((login, ask, answer.status_code))
        found = leaks_of(answer) if of_a and login != "kepala" else []
        # An address says again what was asked for.
        if any(mark.decode(errors="ignore") not in ask.address for mark in found):
            leaked.append((login, ask, found))
        answer.close()
    return wrong, leaked, asked


def test_the_second_unit_is_seen_by_its_own_people(world):
    """The marks are there to be found: otherwise finding none would say nothing."""
    page = world.client("b_perencana").get(f"/{B}/{small.BLTH}/peta/rbm/51354BKA{two.MARK}").data
    assert two.MARK.encode() in page
    assert leaks_of(world.client("b_perencana").get(f"/{B}/{small.BLTH}/temuan"))


def test_nobody_gets_anywhere_without_a_log_in(world):
    wrong, _, asked = walk(world, "", ids=("own",))
    assert wrong == []
    assert asked > 300


@pytest.mark.parametrize(
    "login",
    [r if r == "perencana" else pytest.param(r, marks=pytest.mark.drill) for r in small.ROLES],
)
def test_nobody_of_one_unit_is_let_into_the_other(world, login):
    wrong, leaked, asked = walk(world, login, units=(B,), ids=("own",))
    assert (wrong, leaked) == ([], [])
    assert asked > 300


@pytest.mark.parametrize(
    ("login", "ids"),
    [
        ("vendor", ("own", "foreign")),
        ("surveyor", ("own", "foreign")),
        pytest.param("perencana", ("foreign",), marks=pytest.mark.drill),
    ],
)
def test_what_is_read_in_ones_own_unit_holds_nothing_of_the_other(world, login, ids):
    """The planner's own pages are read by the drill: they are most of the time it takes."""
    wrong, leaked, asked = walk(world, login, units=(A,), methods=("GET",), ids=ids)
    assert (wrong, leaked) == ([], [])
    assert asked > 40


@pytest.mark.parametrize("login", ["vendor", pytest.param("perencana", marks=pytest.mark.drill)])
def test_a_form_sent_with_anothers_ids_meets_nothing(world, login):
    wrong, leaked, _ = walk(world, login, units=(A,), methods=("POST",), ids=("foreign", "nowhere"))
    assert (wrong, leaked) == ([], [])


@pytest.mark.drill
@pytest.mark.parametrize("login", [*small.ROLES, *(f"b_{r}" for r in small.ROLES), "kepala"])
def test_everything_as_everybody(world, login):
    wrong, leaked, _ = walk(world, login)
    assert (wrong, leaked) == ([], [])


def test_a_query_that_forgot_its_unit_lets_nothing_out_of_a_page(world, monkeypatch):
    """The proof that the second wall holds a page, where the first one is taken away."""
    bare = board._SEARCH.replace("ulp = :ulp AND", "").replace(
        "gardu WHERE", "gardu WHERE true AND"
    )
    assert bare != board._SEARCH
    monkeypatch.setattr(board, "_SEARCH", bare)
    asked = {"kata": "BKA"}
    page = world.client("perencana").post(f"/{A}/{small.BLTH}/cari", data=asked).data
    assert b"51354BKA" in page
    assert two.MARK.encode() not in page
    # And that this would be seen: as the owner the same query finds both.
    told = {"ulp": A, "q": "BKA", "like": "%BKA%", "limit": 50}
    with world.database.reading() as session:
        owner = {row[1] for row in session.execute(text(bare), told)}
    with world.database.within(Scope(UNIT, A)).reading() as session:
        scoped = {row[1] for row in session.execute(text(bare), told)}
    assert any(two.MARK in key for key in owner)
    assert not any(two.MARK in key for key in scoped)

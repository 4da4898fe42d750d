"""How long every page of the application takes on a unit of 150,000 customers, slowest first.

Run by `make bench-pages` (`SIZE=20000` for a smaller unit) or `python -m bench.pages [--customers N]
[--only WORD,WORD] [--home FOLDER]`. The unit is invented (`bench.whole_unit`, `bench.unit_work`); every GET route
that a planner or a supervisor may open is asked three times through Flask's test client, with ids
of the database. Of the quickest time and of the first one (which computes what is kept until the
data change) stand the seconds by the wall, and those of the processor in Python and the database's
own process, which vary less on a machine that others use. Files that are downloaded are marked;
edits of the workbench come last; ``--only book`` draws every RBM's sheet into one file instead.
``--home`` keeps the unit for the next time.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from bench.database import filled_database
from bench.join import ULP
from bench.whole_unit import NEWEST

PASSWORD = "sandi-uji-panjang"
#: Seconds that a page may take; files to keep may take longer.
TARGET = 1.0
TIMES = 3
#: What asks for more than the unit holds: a file sent in, an answer that only a program takes.
LEFT_OUT = {
    "wizard.page",
    "wizard.state",
    "wizard.mapping",
    "wizard.rejects",
    "static",
    "customers.photo",
}
FILES = (".csv", ".xlsx", ".zip", ".png", ".geojson", ".gpkg", ".kml")


class Spent:
    """Queries of one answer, the seconds until the database gave them, and its processor seconds."""

    def __init__(self) -> None:
        self.servers: set[int] = set()
        self.begin()

    def begin(self) -> None:
        """Count anew."""
        self.queries, self.seconds, self.longest = 0, 0.0, ("", 0.0)
        self.before = self._ticks()

    def processor(self) -> float:
        """Return the processor seconds of our own server processes (0 where the server is far)."""
        return (self._ticks() - self.before) / os.sysconf("SC_CLK_TCK")

    def _ticks(self) -> int:
        told = (Path(f"/proc/{pid}/stat") for pid in self.servers)
        fields = (p.read_text().rpartition(")")[2].split() for p in told if p.exists())
        return sum(int(f[11]) + int(f[12]) for f in fields)

    def listen(self, engine: Any) -> None:
        """Count on an engine."""

        @event.listens_for(engine, "checkout")
        def known(connection: Any, *_: Any) -> None:
            self.servers.add(connection.get_backend_pid())

        @event.listens_for(engine, "before_cursor_execute")
        def begin(connection: Any, *_: Any) -> None:
            connection.info["began"] = time.perf_counter()

        @event.listens_for(engine, "after_cursor_execute")
        def end(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            took = time.perf_counter() - connection.info["began"]
            self.queries += 1
            self.seconds += took
            if took > self.longest[1]:
                self.longest = (" ".join(statement.split()), took)


@contextmanager
def filled(customers: int, home: str) -> Iterator[Any]:
    """Offer a database that holds the unit; ``home`` keeps its server's files."""
    name = f"rbmgeo_pages_{customers}"
    with filled_database(home, name, lambda made: _fill(made, customers)) as (_, database):
        yield database


def _fill(database: Any, customers: int) -> None:
    from bench.unit_work import steps
    from bench.whole_unit import fill
    from rbmgeo.db.queries import people

    began = at = time.perf_counter()

    def told(name: str) -> None:
        nonlocal at
        now = time.perf_counter()
        print(f"  {now - at:6.1f} s  {name}", flush=True)
        at = now

    with database.writing() as session:
        for name in fill(session, customers):
            told(name)
    _analyzed(database)
    for name, step in steps():
        with database.writing() as session:
            step(session)
        told(name)
    with database.writing() as session:
        for role in ("perencana", "pengawas"):
            people.add_user(session, login=role, password=PASSWORD, grants=[(ULP, role)])
    _analyzed(database)
    told("vacuum and analyze")
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)


def _analyzed(database: Any) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
        raw.execute(text("VACUUM ANALYZE"))


_IDS = """
SELECT (SELECT max(run_id) FROM survey_task WHERE ulp = :u) AS run_id,
       (SELECT max(version_id) FROM rbm_version WHERE ulp = :u) AS version_id,
       (SELECT max(batch_id) FROM import_batch WHERE ulp = :u) AS batch_id,
       (SELECT min(schedule_id) FROM survey_schedule WHERE ulp = :u) AS schedule_id,
       (SELECT max(year) FROM assignment_letter WHERE ulp = :u) AS year,
       (SELECT max(number) FROM assignment_letter WHERE ulp = :u) AS number,
       (SELECT min(proposal_id) FROM proposal WHERE ulp = :u) AS proposal_id,
       (SELECT max(handoff_id) FROM handoff WHERE ulp = :u) AS handoff_id,
       (SELECT min(event_id) FROM gardu_event WHERE ulp = :u) AS event_id,
       (SELECT max(look_id) FROM second_look WHERE ulp = :u) AS look_id,
       (SELECT max(job_id) FROM job WHERE ulp = :u) AS job_id,
       (SELECT max(decision_id) FROM spelling_decision WHERE ulp = :u) AS decision_id,
       (SELECT max(user_id) FROM app_user) AS user_id,
       (SELECT min(list_id::text) FROM visit_list WHERE ulp = :u) AS list_id,
       (SELECT max(visit_no) FROM field_visit WHERE ulp = :u) AS visit_no,
       (SELECT max(no) FROM rbm_draft_command WHERE ulp = :u) AS no,
       (SELECT rbm FROM rbm_list WHERE ulp = :u AND blth = :b GROUP BY rbm
        ORDER BY count(*) DESC, rbm LIMIT 1) AS rbm,
       (SELECT gardu FROM pdpj WHERE ulp = :u GROUP BY gardu ORDER BY count(*) DESC, gardu LIMIT 1) AS gardu,
       (SELECT public_id::text FROM customer WHERE ulp = :u AND idpel =
           (SELECT min(idpel) FROM survey_task WHERE ulp = :u)) AS public_id
"""
#: Further addresses that weigh more than the plain one: (endpoint, query string).
ALSO = (
    ("findings.page", "hal=20"), ("findings.page", "rbm={rbm}"), ("findings.page", "jenis=gardu_diragukan"),
    ("findings.page", "urut=nilai"), ("energy.page", "lihat=gardu"), ("energy.page", "dari=202601&sampai=202612"),
    ("events.choose", "cara=jalur"), ("events.choose", "cara=batas"), ("events.choose", "cara=lingkaran"),
    ("maps.energy", "dari=202601&sampai=202612"), ("evaluation.page", "lihat=matriks"), ("maps.rbm", "versi={version_id}"),
    ("findings.page", "jenis=hanya_pdpj"), ("mutations.page", "keadaan="), ("survey.proposals", "keadaan=approved"),
    ("workbench.content", "rbm={rbm}"), ("workbench.content", "rbm={rbm}&jalan=1"),
    ("change_sets.differ_file", "dari={before}&ke={version_id}"), ("telusur.page", "cari=PD000"),
    ("change_sets.picture", "dari={before}&ke={version_id}&rbm={rbm}"),
)  # fmt: skip


def addresses(app: Any, database: Any) -> list[tuple[str, str, str]]:
    """Return (endpoint, role, address) of every GET route that a planner or supervisor may open."""
    from web import access

    with database.reading() as session:
        row = session.execute(text(_IDS), {"u": ULP, "b": NEWEST}).one()
        others = session.scalars(
            text("SELECT event_id FROM gardu_event WHERE ulp = :u ORDER BY 1"), {"u": ULP}
        ).all()
        before = session.scalar(
            text("SELECT min(version_id) FROM rbm_version WHERE ulp = :u"), {"u": ULP}
        )
    ids = {k: 1 if v is None else v for k, v in row._mapping.items()}
    values: dict[str, Any] = {
        "ulp": ULP, "blth": NEWEST, "code": ids["gardu"], "surveyor": 1, "day": 1, "kind": "csv", "name": "rbm",
        "token": "0" * 16, "key": "0" * 12, "table_name": "matriks", "z": 14, "x": 13321, "y": 8541,
        "tile_id": int(str(ids["public_id"]).replace("-", "")[:13], 16), "filename": "css/app.css",
        "before": before, **ids,
    }  # fmt: skip
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in LEFT_OUT:
            continue
        said = access.rule_of(app, rule.endpoint)
        assert said is not None
        role = next((r for r in ("perencana", "pengawas") if said.admits({ULP: {r}}, ULP)), None)
        if role is None:
            continue
        for part in _parts(rule, values, list(others), app):
            _, address = rule.build(part)  # type: ignore[misc]
            found.append((rule.endpoint, role, address))
            found += [
                (e, role, f"{address}?{q.format(**values)}") for e, q in ALSO if e == rule.endpoint
            ]
    return sorted(found)


def _parts(rule: Any, values: dict[str, Any], events: list[int], app: Any) -> list[dict[str, Any]]:
    """Return the variable parts of an address, more than one set where another is looked at too."""
    import uuid

    from rbmgeo.db.queries.layers import LAYERS

    if rule.endpoint == "sheets.one":
        both = (("rbm", values["rbm"]), ("gardu", values["code"]))
        return [{"ulp": ULP, "blth": NEWEST, "subject": s, "code": c} for s, c in both]
    unknown = sorted(set(rule.arguments) - set(values))
    if unknown:
        print(f"  left out: {rule.endpoint}, {', '.join(unknown)} is not known", file=sys.stderr)
        return []
    part = {a: values[a] for a in rule.arguments}
    if rule.endpoint.startswith(("ogc.", "layers.")) and "name" in part:
        return [{**part, "name": layer.name} for layer in LAYERS]
    if "public_id" in part:
        part["public_id"] = uuid.UUID(str(values["public_id"]))
    if rule.endpoint == "maps.rbm":
        part["code"] = values["rbm"]
    if "event_id" in part:
        return [{**part, "event_id": e} for e in events]
    if rule.endpoint.startswith("unit_map.tile"):
        return [{**part, "z": 14}, {**part, "z": 11, "x": 13321 >> 3, "y": 8541 >> 3}]
    return [part]


@dataclass(frozen=True)
class Asked:
    """One asking: seconds by the wall, seconds of both processors, queries, the longest of them."""

    wall: float
    used: float
    queries: int
    longest: tuple[str, float]


def walk(app: Any, database: Any, only: str, show: Callable[[str], None]) -> None:
    """Open every address three times and print what costs most first."""
    spent = Spent()
    spent.listen(database.engine)
    app.config["WTF_CSRF_ENABLED"] = False
    clients = {role: _logged_in(app, role) for role in ("perencana", "pengawas")}
    rows = []
    for endpoint, role, address in addresses(app, database):
        if only and not any(word in endpoint or word in address for word in only.split(",")):
            continue
        told: list[Asked] = []
        # What is far over is so at once: the other times would tell no more.
        while len(told) < TIMES and not (told and told[-1].used > 5 * TARGET):
            spent.begin()
            began, cpu = time.perf_counter(), time.process_time()
            answer = clients[role].get(address)
            size = len(answer.data)
            used = time.process_time() - cpu + spent.processor()
            told.append(Asked(time.perf_counter() - began, used, spent.queries, spent.longest))
        best = min(told, key=lambda t: t.wall)
        print(f"  {best.wall:.2f} {endpoint}", file=sys.stderr, flush=True)
        rows.append((best, told[0], answer.status_code, size, endpoint, address))
    rows.sort(key=lambda r: -r[0].used)
    show(f"{'best s':>7}{'cpu s':>7}{'first s':>8}{'cpu s':>7}{'queries':>8}{'kB':>7}  page")
    over = 0
    for best, first, status, size, endpoint, address in rows:
        mark = "over" if best.used > TARGET else ""
        if address.split("?")[0].endswith(FILES):
            mark = "file"
        over += mark == "over"
        show(f"{best.wall:7.2f}{best.used:7.2f}{first.wall:8.2f}{first.used:7.2f}{best.queries:8}{size / 1000:7.0f}  "
             f"{endpoint} {address.replace(f'/{ULP}/{NEWEST}', '')}{'' if status == 200 else f' [{status}]'} {mark}")  # fmt: skip
        if only:
            show(f"        longest query {best.longest[1]:.2f} s: {best.longest[0][:300]}")
    show(f"{len(rows)} answers, {over} over {TARGET:g} s of processor")


def _logged_in(app: Any, role: str) -> Any:
    client = app.test_client()
    assert client.post("/masuk", data={"nama": role, "sandi": PASSWORD}).status_code == 302
    return client


def edits(app: Any, database: Any, show: Callable[[str], None], many: int = 40) -> None:
    """Move houses of the largest RBM on the workbench and print how long each answer takes."""
    spent = Spent()
    spent.listen(database.engine)
    client = _logged_in(app, "perencana")
    with database.reading() as session:
        version = session.scalar(
            text("SELECT max(version_id) FROM rbm_draft WHERE ulp = :u"), {"u": ULP}
        )
        largest = session.execute(
            text("SELECT rbm, count(*) AS n FROM rbm_member WHERE ulp = :u AND version_id = :v GROUP BY rbm ORDER BY 2 DESC, 1 LIMIT 2"),
            {"u": ULP, "v": version},
        ).all()  # fmt: skip
    base = f"/{ULP}/{NEWEST}/meja/{version}"
    rbms = [str(r.rbm) for r in largest]
    found = client.get(f"{base}/isi?rbm={rbms[0]}&rbm={rbms[1]}").get_json()
    ids = [stop[0] for stop in found["open"][0]["stops"]]
    revision, took = found["revision"], []
    for number in range(many):
        kind = ("pindah", "undo", "nomor", "undo")[number % 4]
        asked: dict[str, Any] = {"aksi": kind, "buka": rbms}
        if kind == "pindah":
            asked |= {"id": [ids[number % len(ids)]], "rbm": rbms[1], "cara": "best"}
        if kind == "nomor":
            asked |= {"id": ids[number % len(ids)], "nomor": 300}
        spent.begin()
        began, cpu = time.perf_counter(), time.process_time()
        answer = client.post(f"{base}/perintah", json=asked, headers={"If-Match": f'"{revision}"'})
        used = time.process_time() - cpu + spent.processor()
        took.append((time.perf_counter() - began, used, kind, spent.queries, spent.longest))
        assert answer.status_code == 200, answer.text[:500]
        revision = answer.get_json()["revision"]
    for kind in ("pindah", "nomor", "undo"):
        times = sorted(t for t in took if t[2] == kind)
        cpus = sorted(t[1] for t in times)
        middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
        show(f"workbench, RBM of {largest[0].n}: {kind:<7} median {middle[0] * 1000:.0f} ms, p95 {late[0] * 1000:.0f} ms; "
             f"of processors {cpus[len(cpus) // 2] * 1000:.0f} and {cpus[int(len(cpus) * 0.95)] * 1000:.0f} ms; "
             f"{middle[3]} queries, longest {middle[4][1] * 1000:.0f} ms {middle[4][0][:90]}")  # fmt: skip


def book(database: Any, show: Callable[[str], None]) -> None:
    """Draw the sheets of every RBM into one file, as the job does, and print what that takes."""
    from rbmgeo.workflows.sheets import print_book

    began, cpu = time.perf_counter(), time.process_time()
    with database.reading() as session:
        made = print_book(session, ULP, "rbm", blth=NEWEST, at=datetime(2026, 12, 1, tzinfo=UTC))
    used, wall = time.process_time() - cpu, time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    show(f"all RBM as one file: {made.sheets} sheets, {made.pages} pages, {len(made.content) / 1e6:.0f} MB, "
         f"{wall:.0f} s, {used:.0f} of processor, {wall / made.sheets:.2f} s a sheet, peak {peak:.0f} MB")  # fmt: skip


def main() -> None:
    """Fill a unit and open its pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=150_000)
    parser.add_argument(
        "--only",
        default="",
        help="endpoints or addresses with one of these words in them, with commas",
    )
    parser.add_argument("--home", default="", help="keep the unit in this folder for the next time")
    asked = parser.parse_args()
    from rbmgeo.settings import Settings
    from web import create_app

    print(
        f"{asked.customers} customers, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    with filled(asked.customers, asked.home) as database:
        folder = Path(asked.home or "/tmp") / "home"
        app = create_app(Settings(home=folder), database)
        walk(app, database, asked.only, lambda line: print(line, flush=True))
        if asked.only in ("", "edits"):
            edits(app, database, lambda line: print(line, flush=True))
        if asked.only == "book":
            book(database, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()

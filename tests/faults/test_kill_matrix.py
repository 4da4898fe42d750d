"""Killed at any point, whoever is killed, an import is there wholly or not at all.

Five places of an import, three victims: the importer, its backend in the database, and the
whole server. Each place is proven to be reached: the importer says so and waits there.
"""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from forked import command, state
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from rbmgeo.db import migrate
from rbmgeo.db.server import ensure_cluster
from rbmgeo.db.server.cluster import ServerError
from rbmgeo.db.server.up import down, ensure_database
from rbmgeo.db.session import Database
from rbmgeo.faults import POINTS
from rbmgeo.workflows.import_files import import_files

pytestmark = pytest.mark.database
ULP = "51354"
VICTIMS = ("importer", "backend", "server")
HEAD = "BLTH;UNITUP;IDPEL;NAMA;TARIF;DAYA;KODERBM;PTGENTRIMETER;PEMKWH;LATITUDE;LONGITUDE\n"


def dpm(month, first, last, name):
    return HEAD + "".join(
        f"{month};51354;{513540000000 + n};{name} {n};R1;900;51354BA{'AB'[n % 2]};P{n % 3};{n},5;"
        f"-7,{650000 + 97 * n};112,{690000 + 113 * n}\n"
        for n in range(first, last + 1)
    )


@dataclass
class Place:
    """A server of this file's own, a database to copy, and what an undisturbed import makes."""

    home: Path
    file: Path
    before: dict[str, str]
    after: dict[str, str]

    def cluster(self):
        return ensure_cluster(self.home, durable=False, say=lambda line: None)

    def url(self, name: str) -> str:
        return self.cluster().url(name)


def copied(place_home, source, name):
    cluster = ensure_cluster(place_home, durable=False, say=lambda line: None)
    admin = create_engine(cluster.url("postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {source}"))
    return cluster.url(name)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    where = tmp_path_factory.mktemp("server")
    yield where
    down(where)


@pytest.fixture(scope="module")
def places(home, tmp_path_factory):
    """Two imports: a unit's very first list, and a next month over what is there."""
    files = tmp_path_factory.mktemp("files")
    (files / "may.csv").write_text(dpm("202405", 1, 60, "A"), encoding="utf-8")
    (files / "june.csv").write_text(dpm("202406", 20, 90, "B"), encoding="utf-8")
    cluster = ensure_cluster(home, durable=False)
    base = ensure_database(cluster, "first")
    migrate.upgrade(base)
    _load(base, None)
    _load(copied(home, "first", "next"), files / "may.csv")
    made = {}
    for name, file in (("first", "may.csv"), ("next", "june.csv")):
        whole = copied(home, name, "whole")
        before = state(whole, exact=True)
        _load(whole, files / file)
        after = state(whole, exact=False)
        assert after != state(cluster.url(name), exact=False)
        made[name] = Place(home, files / file, before, after)
    return made


def _load(url, file):
    database = Database(url)
    if file is None:
        with database.writing() as session:
            session.execute(text("INSERT INTO ulp (ulp, name) VALUES (:u, :u)"), {"u": ULP})
    else:
        assert import_files(database, [file], ulp=ULP, who="cli").complete
    database.close()


def killed(place: Place, name: str, point: str, victim: str, folder: Path) -> str:
    """Kill one victim at one point; return "" if all was well, else what was not."""
    url = copied(place.home, name, "cell")
    folder.mkdir(parents=True)
    env = {"RBMGEO_DATABASE_URL": url, "RBMGEO_FAULT": point, "RBMGEO_FAULT_FOLDER": str(folder)}
    argv = ["import", str(place.file), "--ulp", ULP]
    importer = command(argv, env=env, out=folder / "said")
    reached = folder / f"{point}.reached"
    end = time.monotonic() + 60
    while not reached.exists() and time.monotonic() < end and importer.is_alive():
        time.sleep(0.01)
    if not reached.exists():
        return f"{point} was not reached: {(folder / 'said').read_text()}"
    try:
        _kill(place, victim, importer.pid, url)
    finally:
        (folder / f"{point}.go").touch()
    importer.join(60)
    if importer.exitcode is None:
        importer.kill()
        return "the importer does not end"
    said = (folder / "said").read_text()
    if victim != "importer" and (
        "Traceback" in said or (importer.exitcode and said.count("\n") != 1)
    ):
        return f"it said {said!r}"
    _awake(place)
    before_or_after = (
        state(url, exact=True) == place.before or state(url, exact=False) == place.after
    )
    if not before_or_after:
        return "half-loaded"
    again = command(argv, env={"RBMGEO_DATABASE_URL": url}, out=folder / "again")
    again.join(60)
    if again.exitcode != 0 or state(url, exact=False) != place.after:
        return f"the re-run did not complete: {(folder / 'again').read_text()}"
    return ""


def _kill(place: Place, victim: str, importer: int, url: str) -> None:
    if victim == "importer":
        os.kill(importer, signal.SIGKILL)
        return
    if victim == "server":
        postmaster = place.cluster().pid()
        for pid in (postmaster, *_children(postmaster)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        backends = connection.scalars(
            text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                 "AND backend_type = 'client backend' AND pid <> pg_backend_pid()")
        ).all()  # fmt: skip
    assert len(backends) == 1, "the importer has one connection"
    os.kill(backends[0], signal.SIGKILL)


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def _awake(place: Place) -> None:
    """Wait until the server answers again; start it where it was killed."""
    end = time.monotonic() + 60
    while True:
        try:
            with create_engine(place.url("postgres"), poolclass=NullPool).connect():
                return
        except (OperationalError, ServerError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


@pytest.mark.drill
@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("point", POINTS)
def test_half_an_import_is_never_there(places, tmp_path, point, victim):
    assert killed(places["next"], "next", point, victim, tmp_path / "cell") == ""


@pytest.mark.drill
def test_the_whole_matrix(places, tmp_path, capsys):
    rows, bad = [], []
    for point in POINTS:
        for victim in VICTIMS:
            results = [
                killed(places[name], name, point, victim, tmp_path / f"{point}-{victim}-{name}-{n}")
                for name in places
                for n in range(2)
            ]
            hit = sum("was not reached" not in r for r in results)
            half = sum(r == "half-loaded" for r in results)
            complete = sum(r == "" for r in results)
            rows.append((point, victim, hit, half, complete, len(results)))
            bad += [(point, victim, r) for r in results if r]
    with capsys.disabled():
        print("\n  point          victim     proven hit  half-loaded  re-run completes")
        for point, victim, hit, half, complete, n in rows:
            print(f"  {point:<14} {victim:<10} {hit:>10}  {half:>11}  {complete:>13}/{n}")
        total = sum(r[-1] for r in rows)
        print(f"  n = {total}, half-loaded {sum(r[3] for r in rows)}, "
              f"re-run completes {sum(r[4] for r in rows)}/{total}")  # fmt: skip
    assert total >= 60
    assert not bad

"""A run over many units goes on without a worker, and without whoever asked for it; the same hashes."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from imported_units import import_units

from rbmgeo.db.models.unit_run import UnitState
from rbmgeo.db.queries import unit_runs
from rbmgeo.db.session import Database
from rbmgeo.jobs.engines import Inline, Processes, engine_of
from rbmgeo.jobs.many_units import Order, run_units

pytestmark = [pytest.mark.database, pytest.mark.drill]
UNITS = {f"6{k:04d}": 900 + 150 * k for k in range(6)}


@pytest.fixture(scope="module")
def database(make_database, tmp_path_factory):
    opened = Database(make_database("many_faults"))
    import_units(opened, tmp_path_factory, UNITS)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def inline(database, tmp_path_factory):
    done = run_units(
        database,
        list(UNITS),
        Order("inline", tmp_path_factory.mktemp("inline"), who="uji"),
        Inline(),
    )
    assert len(done.kept) == len(UNITS)
    return done.kept


def _kill_one(engine, after: float) -> threading.Thread:
    def act() -> None:
        time.sleep(after)
        pids = []
        while not pids:
            pids = engine.pids()
            time.sleep(0.01)
        os.kill(pids[0], signal.SIGKILL)

    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("when", ["at the start", "at a third"])
@pytest.mark.parametrize("name", ["processes", "dask"])
def test_one_of_two_workers_is_killed(database, inline, tmp_path, name, when):
    engine = engine_of(name, workers=2)
    killer: list[threading.Thread] = []

    def tell(step, done, total):
        if not killer and done >= (0 if when == "at the start" else total // 3):
            killer.append(_kill_one(engine, 0.2))

    try:
        done = run_units(
            database,
            list(UNITS),
            Order(f"{name} {when}", tmp_path, who="uji"),
            engine,
            progress=tell,
        )
    finally:
        engine.close()
    killer[0].join(5)
    assert done.kept == inline and not done.set_aside


CLIENT = """
import sys
from pathlib import Path
from rbmgeo.db.session import Database
from rbmgeo.jobs.engines import Processes
from rbmgeo.jobs.many_units import Order, run_units
if __name__ == "__main__":
    url, folder, *ulps = sys.argv[1:]
    run_units(Database(url), ulps, Order("klien", Path(folder), who="uji"), Processes(2),
              progress=lambda step, done, total: print(done, flush=True))
"""


def test_the_client_is_killed_at_a_third_and_started_again(database, inline, tmp_path):
    script = tmp_path / "client.py"
    script.write_text(CLIENT)
    folder = tmp_path / "run"
    asked = [sys.executable, str(script), database.url, str(folder), *UNITS]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as client:
        for line in client.stdout:
            if int(line) >= len(UNITS) // 3:
                client.kill()
                break
    with database.reading() as session:
        kept = set(unit_runs.kept(session, run="klien"))
    assert 0 < len(kept) < len(UNITS)
    engine = Processes(2)
    end = time.monotonic() + 60
    while True:  # the database hears a moment later that the client is gone
        try:
            done = run_units(database, list(UNITS), Order("klien", folder, who="uji"), engine)
            break
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
    assert set(done.known) == kept and {**{u: inline[u] for u in kept}, **done.kept} == inline
    with database.reading() as session:
        told = unit_runs.ledger(session, run="klien")
    assert told.groupby("ulp")["state"].last().eq(UnitState.KEPT).all()
    assert (told["state"] == UnitState.KEPT).groupby(told["ulp"]).sum().eq(1).all()

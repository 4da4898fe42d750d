"""Whatever dies, wherever: what was acknowledged is there once, and nothing is half done.

Pages, worker and a PostGIS of this file's own run as installed, under load of phones, decisions,
uploads and jobs. A case stops a process at a named place (proven: it says so and waits) and kills
-9 that process, its backend in the database, the whole server, or pages and worker at once; or lets
the clock of pages and worker jump; or fills the disk under the database. `make drill` prints the
matrix.
"""

import contextlib
import os
import shutil
import subprocess
import time
from dataclasses import dataclass

import pytest
from acknowledged import Asker, Decider, Ledger, Surveyor, Uploader, build, wrongs
from minded import Minded, clock_can_jump, family
from sqlalchemy import text

from rbmgeo.cli.serve import free_port
from rbmgeo.db import migrate
from rbmgeo.db.queries import jobs
from rbmgeo.db.server.up import down
from rbmgeo.db.session import Database
from rbmgeo.faults import JOB_POINTS, POINTS, WEB_POINTS

pytestmark = [
    pytest.mark.database,
    # Processes are killed here, and their keepers with them.
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),
]
VICTIMS = ("process", "backend", "server")
CASES = [(point, victim) for point in (*WEB_POINTS, *JOB_POINTS, *POINTS) for victim in VICTIMS]
CASES += [(point, "everything") for point in (*WEB_POINTS, *JOB_POINTS, *POINTS)]
CLOCKS = ("+2d", "-2d", "+400d", "-1h")
CLOCKS_ABSENT = "CLOCKS LEFT OUT: Debian's package faketime is absent"
DAILY = [("visit_before_commit", "process"), ("ask_kept", "backend"), ("job_before_commit", "process")]  # fmt: skip
#: Bytes of the small disk that holds a cluster.
DISK = 320_000_000


@dataclass
class Place:
    """What is running, who sends to it, and what they were told."""

    minded: Minded
    ledger: Ledger
    clients: list
    database: Database

    def load(self):
        self.ledger.running.set()

    def quiet(self, seconds=90):
        """Let everybody finish what they send; the server must be well for that."""
        self.ledger.running.clear()
        until = time.monotonic() + seconds
        while not all(c.idle.is_set() for c in self.clients):
            dead = [c.fault for c in self.clients if c.fault]
            assert not dead, dead
            assert time.monotonic() < until, f"clients get no answer: {self.minded.log()[-2000:]}"
            time.sleep(0.05)

    def wrong(self):
        with self.database.reading() as session:
            return wrongs(session, self.ledger, self.minded.home)

    def drained(self, seconds=240):
        """Wait until no job is open; return how often each state is there."""
        until = time.monotonic() + seconds
        query = text("SELECT state, count(*) FROM job GROUP BY state")
        while True:
            with self.database.reading() as session:
                states = dict(session.execute(query).all())
            if not set(states) & set(jobs.OPEN):
                return states
            assert time.monotonic() < until, states
            time.sleep(0.3)


@contextlib.contextmanager
def running(tmp_path, server=None):
    home, folder = tmp_path / "home", tmp_path / "faults"
    for made in (home, folder):
        made.mkdir()
    minded = Minded(home, folder, free_port("127.0.0.1", 9100), server=server)
    migrate.upgrade(minded.url)
    database, ledger = Database(minded.url), Ledger()
    with database.writing() as session:
        build(session)
    clients = [kind(ledger, minded.port, database) for kind in (Surveyor, Surveyor, Decider, Asker, Uploader)]  # fmt: skip
    try:
        minded.start()
        minded.wait()
        for client in clients:
            client.start()
        yield Place(minded, ledger, clients, database)
    finally:
        for client in clients:
            client.done.set()
        minded.stop()
        database.close()
        down(minded.server)


def died(place, point, victim):
    """Kill one victim at one point under load; return "" if all was well, else what was not."""
    minded = place.minded
    minded.arm(point)
    place.load()
    at = minded.reached(point)
    if not at:
        return "was not reached"
    minded.kill(victim, at)
    minded.release(point)
    minded.wait()
    place.quiet()
    return "; ".join(place.wrong())


def at_the_end(place):
    """Let every job end, decide about those set aside as a person would, and look once more."""
    with place.database.writing() as session:
        for ulp, job_id in session.execute(text("SELECT ulp, job_id FROM job WHERE state = 'aside'")).all():  # fmt: skip
            jobs.retry(session, ulp=ulp, job_id=job_id)
    states = place.drained()
    return states, place.wrong()


@pytest.mark.drill  # a minute and a half: the daily kills are those of the importer and the jobs
def test_some_of_everything_dies(tmp_path):
    with running(tmp_path) as place:
        for point, victim in DAILY:
            assert died(place, point, victim) == "", (point, victim)
        states, wrong = at_the_end(place)
        assert (wrong, set(states)) == ([], {"done"})
        told = place.ledger.count()
        assert min(told[kind] for kind in ("visits", "pictures", "jobs")) > 0, told


@pytest.mark.drill
def test_everything_dies(tmp_path, capsys):
    rows = []
    with running(tmp_path) as place:
        for point, victim in CASES:
            rows.append((point, victim, died(place, point, victim)))
            _say(capsys, f"  {point:<24} {victim:<12} {rows[-1][2] or 'survived'}")
        if not clock_can_jump():
            _say(capsys, CLOCKS_ABSENT)
        for clock, said in jumps(place, tmp_path / "clock") if clock_can_jump() else ():
            rows.append(("clock of pages and worker", clock, said))
            _say(capsys, f"  {rows[-1][0]:<24} {clock:<12} {said or 'survived'}")
        states, wrong = at_the_end(place)
        told = place.ledger.count()
        deaths = len(place.minded.deaths)
    rows.append(("all jobs to their end", "", "; ".join(wrong)))
    survived = sum(not said for _, _, said in rows)
    _say(capsys, f"survived {survived}/{len(rows)}; acknowledged {told}; jobs {states}; {deaths} processes were started again")  # fmt: skip
    assert len(rows) >= 60
    assert [r for r in rows if r[2]] == []
    assert set(states) == {"done"}


def jumps(place, file):
    """Let the clock jump here and there while all runs; yield each jump and what was not well."""
    place.load()
    place.minded.by_clock(file)
    time.sleep(0.5)
    place.minded.wait()
    for clock in CLOCKS:
        yield clock, jumped(place, clock)
    place.minded.by_clock(None)
    time.sleep(0.5)
    place.minded.wait()


def jumped(place, clock):
    """Let the clock of pages and worker jump under load; nobody is locked out, nothing doubled."""
    place.load()
    # Somebody is on the way at the moment of the jump.
    time.sleep(1)
    before, deaths = place.ledger.count(), len(place.minded.deaths)
    place.minded.jump(clock)
    until = time.monotonic() + 60
    kinds = ("visits", "pictures", "jobs")
    while any(place.ledger.count().get(k, 0) <= before.get(k, 0) + 1 for k in kinds):
        if time.monotonic() > until:
            return f"locked out: {place.ledger.count()} after {before}"
        time.sleep(0.1)
    place.quiet()
    died = place.minded.deaths[deaths:]
    return "; ".join([*place.wrong(), *(["died of it: " + ", ".join(died)] if died else [])])


@pytest.mark.drill
def test_the_clock_jumps_while_all_runs(tmp_path, capsys):
    if not clock_can_jump():
        pytest.skip(CLOCKS_ABSENT)
    with running(tmp_path) as place:
        found = dict(jumps(place, tmp_path / "clock"))
        _say(capsys, f"clock jumps: {found}")
        assert found == dict.fromkeys(CLOCKS, "")
        states, wrong = at_the_end(place)
        assert (wrong, set(states)) == ([], {"done"})


@pytest.mark.drill
def test_the_first_good_answer_after_the_database_died_under_load(tmp_path, capsys):
    took = []
    with running(tmp_path) as place:
        for _ in range(5):
            place.load()
            time.sleep(2)
            began = time.monotonic()
            place.minded.kill_server()
            up = time.monotonic() - began
            place.minded.wait()
            took.append((time.monotonic() - began, up))
        place.quiet()
        assert place.wrong() == []
    _say(capsys, "database killed and started under load, seconds to the first good answer "
         "(of them until it was up): " + ", ".join(f"{a:.1f} ({u:.1f})" for a, u in took))  # fmt: skip
    assert max(a for a, _ in took) <= 5


@pytest.fixture
def small_disk(tmp_path):
    """A disk of few bytes in memory; needs root and the right to mount."""
    place = tmp_path.parent / f"{tmp_path.name}-disk"
    place.mkdir(mode=0o755)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0755", "tmpfs", str(place)]
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:  # fmt: skip
        pytest.skip("SMALL DISK ABSENT: it needs root and the right to mount a tmpfs")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.drill
def test_a_full_disk_under_the_database(tmp_path, small_disk, capsys):
    """The disk fills under load; pages say so and stay up; freed, all goes on and nothing is lost."""
    with running(tmp_path, server=small_disk) as place:
        for turn in range(3):
            place.load()
            time.sleep(3)
            before = place.ledger.count()
            _fill(small_disk / "filler")
            time.sleep(6)
            assert _web_is_up(place.minded)
            (small_disk / "filler").unlink()
            place.minded.start_server()  # as an administrator would, where it gave up
            place.minded.wait()
            place.quiet()
            wrong = place.wrong()
            _say(capsys, f"  disk full, turn {turn}: {before} before, {place.ledger.count()} after; {wrong or 'survived'}")  # fmt: skip
            assert wrong == []
        states, wrong = at_the_end(place)
        assert wrong == [] and set(states) == {"done"}


def _web_is_up(minded):
    return len(family(minded.children["pages"].pid)) >= 2


def _fill(file):
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as out:
        while True:
            out.write(b"0" * 65_536)


def _say(capsys, words):
    with capsys.disabled():
        print(words, flush=True)

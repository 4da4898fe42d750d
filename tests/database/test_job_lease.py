"""A job is leased, taken again when its worker dies, and set aside when that goes on."""

import random
import time

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from rbmgeo.db.queries import jobs, seats, units
from rbmgeo.errors import LeaseLost, UsageError
from rbmgeo.jobs import run, tasks
from rbmgeo.jobs.run import in_one_transaction, run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.jobs.worker import work

ULP = "51354"
DPM = "BLTH;IDPEL;UNITUP;KODERBM;PEMKWH\n{blth};513540000001;51354;BKC;12\n"


class Dead(BaseException):
    """The worker was killed: no handler of it runs any more."""


@pytest.fixture
def ask(fresh_database):
    with fresh_database.writing() as session:
        units.ensure_unit(session, ulp=ULP)

    def put(task: str, **args):
        with fresh_database.writing() as session:
            return jobs.ask(session, ulp=ULP, task=task, args=args, who="uji")

    return put


def found(database, job_id):
    with database.reading() as session:
        one = jobs.job(session, ulp=ULP, job_id=job_id)
        session.expunge(one)
        return one


def begin(database, job_id, worker="a"):
    with database.writing() as session:
        return jobs.begin(session, ulp=ULP, job_id=job_id, worker=worker)


def taken_over(database):
    with database.writing() as session:
        return jobs.take_over(session)


def pause_of(database, job_id):
    query = text("SELECT extract(epoch FROM scheduled_at - clock_timestamp()) FROM procrastinate_jobs WHERE id = :q")  # fmt: skip
    with database.reading() as session:
        return session.scalar(query, {"q": found(database, job_id).queue_id})


def rename(session, ulp, *, who):
    units.set_unit(session, ulp=ulp, name="Pandaan")
    return {}


def name_of(database):
    with database.reading() as session:
        return units.unit(session, ulp=ULP).name


def test_a_lease_is_one_workers_until_a_moment_of_the_database(fresh_database, ask):
    job_id = ask("x")
    assert begin(fresh_database, job_id) == 1
    assert begin(fresh_database, job_id, "b") is None
    with fresh_database.reading() as session:
        left = session.scalar(
            text("SELECT extract(epoch FROM leased_until - clock_timestamp()) FROM job")
        )
    assert jobs.LEASE_S - 5 < left <= jobs.LEASE_S
    assert found(fresh_database, job_id).worker == "a"


def test_the_heartbeat_goes_on_while_numpy_works(fresh_database, ask, monkeypatch):
    monkeypatch.setattr(jobs, "HEARTBEAT_S", 0.1)
    job_id, seen = ask("long"), []

    def long(session, ulp, *, who):
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            np.sort(np.random.default_rng(0).random(400_000))
            seen.append(found(fresh_database, job_id).leased_until)
        return {}

    run_job(fresh_database, ulp=ULP, job_id=job_id, tasks={"long": in_one_transaction(long)})
    assert len(set(seen)) >= 3 and seen == sorted(seen)


def test_who_lost_the_lease_keeps_nothing(fresh_database, ask):
    """A worker that was stopped for an hour wakes up: another has the job, or ended it."""
    job_id = ask("rename")

    def stopped(session, ulp, *, who):
        rename(session, ulp, who=who)
        taken_over(fresh_database)
        assert begin(fresh_database, job_id, "b") == 2
        return {}

    assert run_job(fresh_database, ulp=ULP, job_id=job_id, worker="a",
                   tasks={"rename": in_one_transaction(stopped)}) == jobs.RUNNING  # fmt: skip
    assert found(fresh_database, job_id).worker == "b"
    assert name_of(fresh_database) == ULP, "the work went with the state"


def test_a_job_that_kills_its_worker_is_set_aside_and_others_go_on(fresh_database, ask):
    poison, other = ask("evaluate"), ask("evaluate")
    pauses = []
    for attempt in range(1, jobs.ATTEMPTS + 1):
        assert begin(fresh_database, poison) == attempt
        assert taken_over(fresh_database) == 1
        pauses.append(pause_of(fresh_database, poison))
        if attempt == 1:
            work(fresh_database.url, wait=False)
            assert found(fresh_database, other).state == jobs.DONE, "others do not wait for it"
    assert 0 < pauses[0] <= jobs.PAUSES_S[0] < pauses[1] <= jobs.PAUSES_S[1]
    aside = found(fresh_database, poison)
    assert (aside.state, aside.error, aside.attempt) == (jobs.ASIDE, "worker", jobs.ATTEMPTS)
    assert aside.leased_until is None and begin(fresh_database, poison) is None


def test_the_database_away_within_a_job_costs_an_attempt_and_no_work(fresh_database, ask):
    job_id, times = ask("rename"), []

    def away(session, ulp, *, who):
        rename(session, ulp, who=who)
        times.append(1)
        if len(times) == 1:
            raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))
        return {}

    told = {"rename": in_one_transaction(away)}
    assert run_job(fresh_database, ulp=ULP, job_id=job_id, tasks=told) == jobs.WAITING
    assert name_of(fresh_database) == ULP
    assert run_job(fresh_database, ulp=ULP, job_id=job_id, tasks=told) == jobs.DONE
    assert (name_of(fresh_database), found(fresh_database, job_id).attempt) == ("Pandaan", 2)


def test_a_person_lets_it_be_tried_again_or_drops_it(fresh_database, ask):
    job_id, broken = ask("rename"), [True]

    def once(session, ulp, *, who):
        if broken:
            raise ValueError
        return rename(session, ulp, who=who)

    told = {"rename": in_one_transaction(once)}
    assert run_job(fresh_database, ulp=ULP, job_id=job_id, tasks=told) == jobs.ASIDE
    with fresh_database.reading() as session:
        assert [j.job_id for j in jobs.aside(session, ulp=ULP)] == [job_id]
    with fresh_database.writing() as session:
        jobs.retry(session, ulp=ULP, job_id=job_id)
    broken.clear()
    assert run_job(fresh_database, ulp=ULP, job_id=job_id, tasks=told) == jobs.DONE
    with fresh_database.writing() as session, pytest.raises(UsageError, match="not set aside"):
        jobs.drop(session, ulp=ULP, job_id=job_id)


def test_whoever_lets_a_lease_run_out_loses_the_seat(fresh_database, ask):
    job_id = ask("x")
    with fresh_database.engine.connect() as front, fresh_database.engine.connect() as second:
        assert seats.taken(front) and not seats.taken(second)
        begin(fresh_database, job_id)
        assert not seats.free_if_lapsed(second), "it lives"
        with fresh_database.writing() as session:
            session.execute(
                text("UPDATE job SET leased_until = clock_timestamp() - interval '1 s'")
            )
        assert seats.free_if_lapsed(second)
        until = time.monotonic() + 10
        while not seats.taken(second) and time.monotonic() < until:
            time.sleep(0.02)
        with pytest.raises(OperationalError):
            seats.still_there(front)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_dies_one_attempt_at_most_is_kept(fresh_database, ask, seed):
    """Workers begin, renew, die and close in any order: one mark holds, closed once, counted."""
    chance, job_id = random.Random(seed), ask("x")
    marks, closed = [], []
    for _ in range(25):
        act = chance.choice(("begin", "die", "renew", "close"))
        mark = chance.choice(marks) if marks else 0
        if act == "begin" and (new := begin(fresh_database, job_id)):
            marks.append(new)
        elif act == "die":
            taken_over(fresh_database)
        elif act == "renew":
            with fresh_database.writing() as session:
                held = jobs.renew(session, ulp=ULP, job_id=job_id, attempt=mark)
            assert not held or mark == marks[-1]
        elif act == "close":
            try:
                with fresh_database.writing() as session:
                    jobs.finish(session, ulp=ULP, job_id=job_id, state=jobs.DONE, attempt=mark)
                closed.append(mark)
            except LeaseLost:
                pass
        now = found(fresh_database, job_id)
        assert (now.state == jobs.RUNNING) == (now.leased_until is not None)
    assert len(closed) <= 1 and len(marks) == len(set(marks)) <= jobs.ATTEMPTS
    assert now.attempt == len(marks)
    assert (now.state == jobs.DONE) == bool(closed)


#: Tasks whose work and state are one transaction; all others may be done twice: see below.
TOGETHER = {
    "evaluate", "match", "survey", "rehearse", "plans", "choose", "design", "order", "reorder",
    "mutations", "handoff", "kwh", "months", "deeds", "forms", "letters",
}  # fmt: skip
#: Tasks that only read, or write a file that is named by its content.
READS = {"look", "check", "report", "sheets", "deed_book", "table", "draft_book", "form_book"}
#: Tasks of many transactions, each known again by its content.
KNOWN_AGAIN = {"import", "load"}


def test_every_task_is_of_one_of_three_kinds():
    assert set(TASKS) == TOGETHER | READS | KNOWN_AGAIN
    assert not TOGETHER & READS and not KNOWN_AGAIN & (TOGETHER | READS)


def _killed_then_again(database, job_id, monkeypatch):
    """Run a job whose worker dies after its work and before its state is kept; then run it again."""

    def dies(job):
        def close(session, result):
            raise Dead

        return close

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "closing", dies)
        patched.setattr(run, "closing", dies)
        with pytest.raises(Dead):
            run_job(database, ulp=ULP, job_id=job_id, tasks=TASKS)
    assert found(database, job_id).state == jobs.RUNNING, "as a kill leaves it"
    assert taken_over(database) == 1
    assert run_job(database, ulp=ULP, job_id=job_id, tasks=TASKS) == jobs.DONE


def test_an_import_whose_worker_died_before_its_state_is_done_once(
    fresh_database, ask, tmp_path, monkeypatch
):
    for blth in ("202404", "202405"):
        place = tmp_path / blth
        place.mkdir()
        (place / "dpm.csv").write_text(DPM.format(blth=blth))
        job_id = ask("import", folder=str(place), accept_good=True)
        _killed_then_again(fresh_database, job_id, monkeypatch)
        assert not place.exists(), "uploads go once it is closed"
    with fresh_database.reading() as session:
        counts = [
            session.scalar(text(f"SELECT count(*) FROM {t}"))
            for t in ("import_batch", "rbm_list", "reading")
        ]
        asked = session.scalars(text("SELECT args ->> 'blth' FROM job WHERE task = 'mutations'"))
        assert asked.all() == ["202405"], "what follows from it is asked for, and once"
    assert counts == [2, 2, 2]


def test_work_in_one_transaction_dies_with_its_state(fresh_database, ask, monkeypatch):
    _killed_then_again(fresh_database, ask("evaluate"), monkeypatch)
    with fresh_database.reading() as session:
        runs = session.scalar(text("SELECT count(*) FROM run"))
    assert runs == 1

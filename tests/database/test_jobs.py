"""Long work: queued with its job, done once, its result committed with its work or not at all."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from rbmgeo.db.models import RbmList, ReaderLog
from rbmgeo.db.queries import jobs, tiles, units
from rbmgeo.errors import NothingToDo
from rbmgeo.jobs import worker
from rbmgeo.jobs.run import facts, in_one_transaction, run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.jobs.worker import conninfo, freshen, work
from rbmgeo.workflows.month_kept import consistency_kept, stale
from rbmgeo.workflows.tiles import unit_map

ULP = "51354"


@pytest.fixture
def ask(fresh_database):
    with fresh_database.writing() as session:
        units.ensure_unit(session, ulp=ULP)

    def put(task: str, **args):
        with fresh_database.writing() as session:
            return jobs.ask(session, ulp=ULP, task=task, args=args, who="uji")

    return put


def state(database, job_id: int):
    with database.reading() as session:
        found = jobs.job(session, ulp=ULP, job_id=job_id)
        session.expunge(found)
        return found


def rename(session, ulp, *, name, who):
    units.set_unit(session, ulp=ulp, name=name)
    return {"name": name}


def name_of(database) -> str:
    with database.reading() as session:
        return units.unit(session, ulp=ULP).name


def test_work_and_result_commit_together(fresh_database, ask):
    job_id = ask("rename", name="Pandaan")
    tasks = {"rename": in_one_transaction(rename)}
    assert run_job(fresh_database, ulp=ULP, job_id=job_id, tasks=tasks) == jobs.DONE
    done = state(fresh_database, job_id)
    assert done.result == {"name": "Pandaan"}
    assert done.started_at <= done.finished_at
    assert name_of(fresh_database) == "Pandaan"
    assert run_job(fresh_database, ulp=ULP, job_id=job_id, tasks={}) == jobs.DONE, "once only"


def test_a_failed_job_leaves_nothing_and_says_why(fresh_database, ask):
    def refuse(session, ulp, *, who):
        units.set_unit(session, ulp=ulp, name="setengah")
        raise NothingToDo("import first", "impor dulu")

    job_id = ask("refuse")
    tasks = {"refuse": in_one_transaction(refuse)}
    assert run_job(fresh_database, ulp=ULP, job_id=job_id, tasks=tasks) == jobs.FAILED
    assert state(fresh_database, job_id).error == "impor dulu\nimport first"
    assert name_of(fresh_database) == ULP


def test_a_fault_of_the_program_ends_the_job_not_the_worker(fresh_database, ask, caplog):
    customer = "51354" + "0000001"

    def broken(session, ulp, *, who):
        raise ValueError(f"row of customer {customer}")

    job_id = ask("broken")
    tasks = {"broken": in_one_transaction(broken)}
    assert run_job(fresh_database, ulp=ULP, job_id=job_id, tasks=tasks) == jobs.ASIDE
    assert state(fresh_database, job_id).error == "program"
    assert "ValueError" in caplog.text
    assert customer not in caplog.text


def test_a_cancel_is_heard_and_undoes(fresh_database, ask):
    def long(session, ulp, *, who, progress):
        units.set_unit(session, ulp=ulp, name="setengah")
        with fresh_database.writing() as other:
            assert jobs.cancel(other, ulp=ulp, job_id=job_id) == jobs.RUNNING
        progress("langkah", 1, 2)
        return {}

    job_id = ask("long")
    tasks = {"long": in_one_transaction(long)}
    assert run_job(fresh_database, ulp=ULP, job_id=job_id, tasks=tasks) == jobs.CANCELLED
    assert name_of(fresh_database) == ULP


def test_a_waiting_job_is_cancelled_at_once(fresh_database, ask):
    job_id = ask("rename", name="x")
    with fresh_database.writing() as session:
        assert jobs.cancel(session, ulp=ULP, job_id=job_id) == jobs.CANCELLED
    assert run_job(fresh_database, ulp=ULP, job_id=job_id, tasks={}) == jobs.CANCELLED


def test_a_job_that_is_not_committed_is_not_queued(fresh_database, ask):
    def ask_and_fail():
        with fresh_database.writing() as session:
            jobs.ask(session, ulp=ULP, task="evaluate", args={}, who="uji")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        ask_and_fail()
    with fresh_database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


def test_the_worker_takes_what_waits_and_gives_back_what_was_left(fresh_database, ask):
    left, waiting = ask("match"), ask("evaluate")
    with fresh_database.writing() as session:
        jobs.begin(session, ulp=ULP, job_id=left)
    work(fresh_database.url, wait=False)
    assert state(fresh_database, left).state == jobs.WAITING
    assert state(fresh_database, left).error == "worker"
    assert state(fresh_database, waiting).state == jobs.DONE
    assert state(fresh_database, waiting).result["summary"]["customers"] == 0


@pytest.mark.parametrize(("begun", "becomes"), [(True, jobs.WAITING), (False, jobs.DONE)])
def test_a_killed_worker_does_not_hold_its_unit_for_ever(fresh_database, ask, begun, becomes):
    left, waiting = ask("evaluate"), ask("evaluate")
    with fresh_database.writing() as session:
        taken = session.execute(
            text("SELECT id FROM procrastinate_fetch_job_v2(ARRAY['rbmgeo'], NULL)")
        )
        assert taken.scalar() == jobs.job(session, ulp=ULP, job_id=left).queue_id
        if begun:
            jobs.begin(session, ulp=ULP, job_id=left)
    work(fresh_database.url, wait=False)
    assert state(fresh_database, left).state == becomes
    assert state(fresh_database, waiting).state == jobs.DONE
    with fresh_database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == int(begun)


@pytest.mark.drill  # half a minute until the seat lapses
def test_a_second_worker_stands_by_and_takes_over(fresh_database, ask):
    with fresh_database.engine.connect() as first:
        first.execute(text("SELECT pg_advisory_lock(hashtext('rbmgeo worker'))"))
        program = [sys.executable, "-m", "rbmgeo.jobs"]
        environment = {**os.environ, "RBMGEO_DATABASE_URL": fresh_database.url}
        second = subprocess.Popen(program, env=environment)
        try:
            waiting = ask("evaluate")
            with pytest.raises(subprocess.TimeoutExpired):
                second.wait(4)
            assert state(fresh_database, waiting).state == jobs.WAITING
            first.execute(text("SELECT pg_advisory_unlock_all()"))
            until = time.monotonic() + 30
            while state(fresh_database, waiting).state != jobs.DONE and time.monotonic() < until:
                time.sleep(0.1)
            assert state(fresh_database, waiting).state == jobs.DONE
        finally:
            second.terminate()
            assert second.wait(15) == 0


def test_the_address_of_the_queue_is_that_of_the_database():
    assert conninfo("postgresql+psycopg2:///x?host=/tmp/a") == "postgresql:///x?host=/tmp/a"


def test_facts_are_plain():
    assert facts({"a": float("nan"), "b": [1, 2], "c": {"d": None}}) == {
        "a": None, "b": [1, 2], "c": {"d": None},
    }  # fmt: skip


def load_month(database, ask, folder, blth):
    """Upload one month's list and run the job that loads it."""
    place = folder / blth
    place.mkdir()
    (place / "dpm.csv").write_text(
        f"BLTH;IDPEL;UNITUP;KODERBM;PEMKWH\n{blth};513540000001;{ULP};BKC;12\n"
    )
    return run_job(
        database, ulp=ULP, job_id=ask("import", folder=str(place), accept_good=True), tasks=TASKS
    )


def test_a_second_monthly_list_asks_what_changed_and_a_first_one_does_not(
    fresh_database, ask, tmp_path
):
    asked = text("SELECT args ->> 'blth' FROM job WHERE task = 'mutations'")
    assert load_month(fresh_database, ask, tmp_path, "202404") == jobs.DONE
    with fresh_database.reading() as session:
        assert session.scalars(asked).all() == []
    assert load_month(fresh_database, ask, tmp_path, "202405") == jobs.DONE
    with fresh_database.reading() as session:
        assert session.scalars(asked).all() == ["202405"]


def test_after_a_job_the_map_that_somebody_looked_at_is_of_its_data(fresh_database, ask):
    def mark():
        with fresh_database.reading() as session:
            counts = tiles.map_counts(session, ulp=ULP, finding_limit=0.5)
            return None if counts is None else counts.version

    ask("evaluate")  # nobody looked yet: nothing is written
    freshen(fresh_database, ULP)
    with fresh_database.reading() as session:
        assert not tiles.written(session, ulp=ULP)
    before = unit_map(fresh_database, ULP).version
    with fresh_database.writing() as session:
        units.bump(session, ulp=ULP)
        session.execute(text("UPDATE map_state SET counted_at = now() - interval '1 hour'"))
    assert mark() is None, "whoever looked now would wait"
    freshen(fresh_database, ULP)
    assert mark() not in (None, before)


def test_after_a_job_the_figures_of_its_months_are_there(fresh_database, ask):
    ask("evaluate")
    with fresh_database.writing() as session:
        session.add(RbmList(ulp=ULP, blth="202405", idpel="513540000001", line=1, source="dpm", rbm="R1", urut=1, sisipan=0))  # fmt: skip
        session.add(ReaderLog(ulp=ULP, blth="202405", idpel="513540000001", officer="A",
                              read_at=datetime(2024, 5, 3, 2, tzinfo=UTC), accuracy_m=5))  # fmt: skip
    freshen(fresh_database, ULP)
    with fresh_database.reading() as session:
        assert stale(session, ULP, "konsistensi", ["202405"]) == []
        assert stale(session, ULP, "pembaca", ["202405"]) == []
        assert len(consistency_kept(session, ULP, ["202405"])) == 1


def test_a_database_that_goes_away_within_a_job_lets_the_worker_begin_anew(
    fresh_database, ask, monkeypatch
):
    job_id, ended = ask("rename", name="x"), []

    def away(*args, **told):
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    monkeypatch.setattr(worker, "run_job", away)
    worker.queue(fresh_database, lost=lambda: ended.append(job_id)).run_worker(
        queues=[jobs.QUEUE], wait=False, install_signal_handlers=False, delete_jobs="always"
    )
    assert ended == [job_id]

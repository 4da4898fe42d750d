"""Many units at once: pure work on snapshots, engines that lose workers, a ledger that goes on."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from imported_units import import_units
from sqlalchemy import text

from rbmgeo.db.models.unit_run import UnitState
from rbmgeo.db.queries import energy, lists, unit_runs, units, versions, work
from rbmgeo.db.session import Database
from rbmgeo.errors import BrokenFile, Conflict, NotAllowed, UsageError
from rbmgeo.intake.unit_files import read_result, read_snapshot, write_result, write_snapshot
from rbmgeo.jobs import many_units
from rbmgeo.jobs.engines import Inline, Processes, engine_of
from rbmgeo.jobs.many_units import Order, run_units
from rbmgeo.unit.digest import table_digest
from rbmgeo.unit.process import UnitParams, process_unit
from rbmgeo.workflows.design import latest_plans
from rbmgeo.workflows.evaluate import evaluate_ulp
from rbmgeo.workflows.match import match_ulp
from rbmgeo.workflows.routes import design_ulp, order_version
from rbmgeo.workflows.snapshots import unit_snapshot
from rbmgeo.workflows.unit_piece import Piece, PieceDone, do_piece
from rbmgeo.workflows.unit_results import keep_result

pytestmark = pytest.mark.database
UNITS = {"51354": 420, "51355": 300, "51360": 360}
ALL = list(UNITS)
BY_SIZE = ["51354", "51360", "51355"]


@pytest.fixture(scope="module")
def database(make_database, tmp_path_factory):
    opened = Database(make_database("many"))
    import_units(opened, tmp_path_factory, UNITS)
    yield opened
    opened.close()


@pytest.fixture
def order(tmp_path, request):
    """A run of its own for each test, without the detector, which is slow and has tests of its own."""
    return Order(request.node.name[:60], tmp_path, UnitParams(detect_errors=False), who="uji")


@pytest.fixture(scope="module")
def whole(database):
    """The first unit's snapshot and everything that comes of it."""
    snapshot = unit_snapshot(database, "51354")
    return snapshot, process_unit("51354", snapshot)


def test_a_unit_out_of_its_snapshot_is_what_the_steps_make_of_the_database(database, whole):
    """Classes, candidates, findings, plans, routes and kWh are the same to the last digit."""
    snapshot, result = whole
    with database.writing() as session:
        evaluated = evaluate_ulp(session, "51354").kept
        match_ulp(session, "51354")
        design_ulp(session, "51354")
        done = order_version(session, "51354")
        matches, found = work.matches(session, ulp="51354"), work.findings(session, ulp="51354")
        members = versions.members(session, ulp="51354", version_id=done.version_id)
        routes = versions.routes(session, ulp="51354", version_id=done.version_id)
        kwh = energy.kwh_per_rbm_gardu(session, ulp="51354", blth=snapshot.blth)
        session.rollback()
    assert result.summaries["evaluate"] == evaluated
    pd.testing.assert_frame_equal(matches, result.tables["matches"].sort_index()[matches.columns], check_dtype=False)  # fmt: skip
    mine = result.tables["findings"]
    mine = mine if mine.index.name == "idpel" else mine.set_index("idpel")
    assert (found["kind"] != "ok").sum() == result.summaries["match"]["findings"] > 0
    pd.testing.assert_frame_equal(found[["kind", "p", "proposed_gardu", "patch"]].sort_index(), mine[["kind", "p", "proposed_gardu", "patch"]].sort_index(), check_dtype=False)  # fmt: skip
    assert result.summaries["order"] == done.summary
    now = result.tables["members"].sort_values(["rbm", "urut", "sisipan"])
    pd.testing.assert_frame_equal(members, now[members.columns], check_dtype=False)
    pd.testing.assert_frame_equal(routes, result.tables["routes"][routes.columns], check_dtype=False)  # fmt: skip
    report = result.tables["kwh"][kwh.columns]
    pd.testing.assert_frame_equal(kwh, report, check_dtype=False)
    assert len(kwh) > 5 and sum(kwh["kwh"]) > 0


def test_a_snapshot_and_a_result_come_back_from_their_files_as_they_were(whole, tmp_path):
    snapshot, result = whole
    sha256 = write_snapshot(tmp_path / "s", snapshot)
    again = read_snapshot(tmp_path / "s")
    assert write_snapshot(tmp_path / "t", again) == sha256
    assert {n: table_digest(t) for n, t in again.tables.items()} == {n: table_digest(t) for n, t in snapshot.tables.items()}  # fmt: skip
    assert process_unit("51354", again).hashes() == result.hashes()
    write_result(tmp_path / "r", result, snapshot=sha256)
    back = read_result(tmp_path / "r")
    assert back.hashes() == result.hashes() and back.mark == snapshot.mark


@pytest.mark.parametrize("harm", ["cut", "missing", "facts"])
def test_a_file_that_is_not_what_was_written_is_said_and_not_read(whole, tmp_path, harm):
    write_snapshot(tmp_path / "s", whole[0])
    path = tmp_path / "s" / ("unit.json" if harm == "facts" else "pdpj.parquet")
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(BrokenFile):
        read_snapshot(tmp_path / "s")


def test_the_snapshot_of_another_unit_is_refused(whole):
    with pytest.raises(UsageError, match="51354"):
        process_unit("51355", whole[0])


@pytest.fixture(scope="module")
def inline_hashes(database, tmp_path_factory):
    order = Order("sama", tmp_path_factory.mktemp("inline"), UnitParams(detect_errors=False), who="uji")  # fmt: skip
    return run_units(database, ALL, order, Inline())


@pytest.mark.parametrize("name", ["processes", pytest.param("dask", marks=pytest.mark.drill)])
def test_every_engine_gives_the_same_hashes(database, order, inline_hashes, name):
    engine = engine_of(name, workers=2)
    try:
        done = run_units(database, ALL, order, engine)
    finally:
        engine.close()
    assert sorted(done.kept) == sorted(ALL) and done.kept == inline_hashes.kept
    assert not done.set_aside and done.attempts == len(ALL) and done.peak_mb > 10


def test_a_run_that_is_done_is_not_done_again(database, inline_hashes, tmp_path):
    params = UnitParams(detect_errors=False)
    again = run_units(database, ALL, Order("sama", tmp_path, params, who="uji"), Inline())
    assert again.known == sorted(ALL) and not again.kept and again.attempts == 0
    assert not again.changed


def test_a_name_that_was_run_with_other_steps_is_refused(database, inline_hashes, tmp_path):
    """Done with fewer steps is not done; nobody should think so (the first `many` did)."""
    with pytest.raises(UsageError, match="-detect, now for"):
        run_units(database, ALL, Order("sama", tmp_path, who="uji"), Inline())


def test_what_was_kept_and_changed_since_is_named(database, inline_hashes, tmp_path):
    params = UnitParams(detect_errors=False)
    with database.writing() as session:
        units.set_unit(session, ulp="51355", settings={"route_outlier_m": 900})
    try:
        again = run_units(database, ALL, Order("sama", tmp_path, params, who="uji"), Inline())
    finally:
        with database.writing() as session:
            session.execute(text("UPDATE ulp SET settings = settings - 'route_outlier_m' WHERE ulp = '51355'"))  # fmt: skip
    assert again.changed == ["51355"] and not again.kept


def test_a_unit_without_customers_is_named(database, order):
    with database.writing() as session:
        units.ensure_unit(session, ulp="51399")
    try:
        done = run_units(database, ["51355", "51399"], order, Inline())
    finally:
        with database.writing() as session:
            session.execute(text("DELETE FROM ulp WHERE ulp = '51399'"))
    assert done.empty == ["51399"] and list(done.kept) == ["51355"]


def test_files_go_once_they_are_kept_and_are_nobody_elses_to_read(database, order, monkeypatch):
    seen = []

    def look(piece):
        done = do_piece(piece)
        seen.extend(p.stat().st_mode & 0o077 for p in (Path(piece.folder), *Path(piece.folder).iterdir()))  # fmt: skip
        return done

    monkeypatch.setattr(many_units, "do_piece", look)
    run_units(database, ["51355"], order, Inline())
    assert len(seen) == 3 and set(seen) == {0}
    assert not (order.folder / "51355").exists()


@pytest.mark.parametrize("where", ["snapshot", "keep"])
def test_a_fault_that_nobody_foresaw_sets_its_unit_aside_alone(database, order, inline_hashes, monkeypatch, where):  # fmt: skip
    """An unforeseen fault out of the worker ended the run, and every start of it again."""
    real = many_units.unit_snapshot if where == "snapshot" else many_units.keep_result

    def fail(*told, **named):
        ulp = told[1] if where == "snapshot" else told[1].ulp
        if ulp == BY_SIZE[0]:
            raise KeyError("513540000001")
        return real(*told, **named)

    monkeypatch.setattr(many_units, "unit_snapshot" if where == "snapshot" else "keep_result", fail)
    done = run_units(database, ALL, order, Inline())
    assert list(done.set_aside) == [BY_SIZE[0]] and sorted(done.kept) == sorted(BY_SIZE[1:])
    said = done.set_aside[BY_SIZE[0]]
    assert said.startswith("KeyError (rbmgeo/jobs/many_units.py:") and "5135" not in said


def test_a_fault_of_everybody_ends_the_run_and_counts_for_no_unit(database, order, monkeypatch):
    def full(*told, **named):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(many_units, "write_snapshot", full)
        with pytest.raises(OSError, match="No space"):
            run_units(database, ["51355"], order, Inline())
    assert list(run_units(database, ["51355"], order, Inline()).kept) == ["51355"]


@pytest.mark.parametrize("what", ["snapshot", "result"])
def test_a_file_that_was_damaged_is_made_anew(database, order, inline_hashes, monkeypatch, what):
    broken = []

    def damage(piece):
        done = None if what == "snapshot" and not broken else do_piece(piece)
        if not broken:
            broken.append(Path(piece.folder) / what / "matches.parquet")
            path = broken[0] if what == "result" else broken[0].with_name("pdpj.parquet")
            path.write_bytes(path.read_bytes()[:-7])
        return done or do_piece(piece)

    monkeypatch.setattr(many_units, "do_piece", damage)
    done = run_units(database, ["51355"], order, Inline())
    assert done.kept == {"51355": inline_hashes.kept["51355"]} and done.attempts == 2


def test_starts_that_were_stopped_count_for_no_unit_and_the_one_at_their_end_comes_last(database, order):  # fmt: skip
    with database.writing() as session:
        for _ in range(5):
            unit_runs.begin(session, ulp=BY_SIZE[0], run=order.run, engine="inline", customers=420,
                            snapshot_sha256="")  # fmt: skip
    begun = []

    def once(piece):
        begun.append(piece.ulp)
        if begun.count(BY_SIZE[0]) == 1 and piece.ulp == BY_SIZE[0]:
            raise ValueError
        return do_piece(piece)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many_units, "do_piece", once)
        done = run_units(database, ALL, order, Inline())
    assert sorted(done.kept) == sorted(ALL) and begun[:2] == BY_SIZE[1:]


def test_two_who_write_one_result_do_not_take_it_from_each_other(whole, tmp_path):
    with ThreadPoolExecutor(4) as pool:
        written = {
            f.result() for f in [pool.submit(write_snapshot, tmp_path / "u" / "s", whole[0]) for _ in range(8)]
        }  # fmt: skip
    assert len(written) == 1 and read_snapshot(tmp_path / "u" / "s").ulp == "51354"
    assert [p.name for p in (tmp_path / "u").iterdir()] == ["s"]


def test_what_is_kept_stands_in_the_database(database, inline_hashes):
    with database.reading() as session:
        for ulp in ALL:
            assert work.class_counts(session, ulp=ulp)
            assert sum(work.class_counts(session, ulp=ulp).values()) == len(work.matches(session, ulp=ulp))  # fmt: skip
            kept = latest_plans(session, ulp)
            assert kept is not None and kept.summary["plans"]
            draft = versions.version(session, ulp=ulp, version_id=None)
            members = versions.members(session, ulp=ulp, version_id=draft.version_id)
            customers = lists.customers(session, ulp=ulp, srid=32749)
            read = customers["active"].astype(bool) & customers["dibaca_oleh"].eq("vendor")
            assert set(members.index) == set(customers.index[read])


def dies_once(piece: Piece) -> PieceDone:
    mark = Path(piece.folder).parent / f"{piece.ulp}.died"
    if piece.ulp == "51360" and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return do_piece(piece)


def kills(piece: Piece) -> PieceDone:
    if piece.ulp == "51360":
        os.kill(os.getpid(), signal.SIGKILL)
    return do_piece(piece)


@pytest.mark.drill
def test_a_worker_that_is_killed_loses_its_piece_alone(database, order, inline_hashes, monkeypatch):
    monkeypatch.setattr(many_units, "do_piece", dies_once)
    done = run_units(database, ALL, order, Processes(2))
    assert done.kept == inline_hashes.kept and done.attempts == len(ALL) + 1
    with database.reading() as session:
        told = unit_runs.ledger(session, run=order.run)
    assert told[told["ulp"] == "51360"]["state"].to_list() == [UnitState.FAILED, UnitState.KEPT]


@pytest.mark.drill
def test_a_unit_that_kills_its_worker_is_set_aside_and_the_others_go_on(database, order, inline_hashes, monkeypatch):  # fmt: skip
    monkeypatch.setattr(many_units, "do_piece", kills)
    done = run_units(database, ALL, order, Processes(2))
    assert list(done.set_aside) == ["51360"] and "ended with -9" in done.set_aside["51360"]
    assert done.kept == {u: h for u, h in inline_hashes.kept.items() if u != "51360"}
    with database.reading() as session:
        told = unit_runs.ledger(session, run=order.run)
    last = told.groupby("ulp")["state"].last()
    assert last["51360"] == UnitState.SET_ASIDE and len(told[told["ulp"] == "51360"]) == 3


def stays(folder):
    (Path(folder) / f"{os.getpid()}").touch()
    time.sleep(60)


def test_a_process_ends_with_who_asked_it(tmp_path):
    """The client is killed: what works for it would write beside what works for the next one."""
    script = tmp_path / "client.py"
    script.write_text(
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "import test_many_units as here\nfrom rbmgeo.jobs.engines import Processes\n"
        "if __name__ == '__main__':\n"
        "    engine = Processes(1); engine.submit('a', here.stays, sys.argv[1]); engine.wait()\n"
    )
    told = tmp_path / "pids"
    told.mkdir()
    with subprocess.Popen([sys.executable, str(script), str(told), str(Path(__file__).parent), str(Path(__file__).parents[1])]) as client:  # fmt: skip
        until = time.monotonic() + 60
        while not (pids := [int(p.name) for p in told.iterdir()]):
            assert time.monotonic() < until and client.poll() is None
            time.sleep(0.05)
        client.kill()
    until = time.monotonic() + 10
    while Path(f"/proc/{pids[0]}").exists():
        assert time.monotonic() < until
        time.sleep(0.05)


class Stopped(Exception):
    pass


def test_a_client_that_is_stopped_goes_on_by_the_ledger(database, order, inline_hashes, monkeypatch):  # fmt: skip
    """What was kept is no more done, what was computed is only kept, the rest is done."""

    def stop(step, done, total):
        if done == 1:
            raise Stopped

    with pytest.raises(Stopped):
        run_units(database, ALL, order, Inline(), progress=stop)
    with database.reading() as session:
        told = unit_runs.ledger(session, run=order.run)
    assert set(told.loc[told["state"] == UnitState.KEPT, "ulp"]) == {BY_SIZE[0]}
    assert (order.folder / BY_SIZE[1] / "result" / "unit.json").exists()
    asked: list[str] = []
    monkeypatch.setattr(many_units, "do_piece", lambda piece: asked.append(piece.ulp) or do_piece(piece))  # fmt: skip
    again = run_units(database, ALL, order, Inline())
    assert again.known == [BY_SIZE[0]] and asked == [BY_SIZE[2]]
    assert again.kept | {BY_SIZE[0]: inline_hashes.kept[BY_SIZE[0]]} == inline_hashes.kept
    with database.reading() as session:
        told = unit_runs.ledger(session, run=order.run)
    assert UnitState.RUNNING not in set(told["state"])
    assert told.groupby("ulp")["state"].last().eq(UnitState.KEPT).all()


def test_results_of_data_that_changed_meanwhile_are_not_kept(database, order, inline_hashes):
    """A decision in the middle: the unit is read anew and done again, never overwritten."""
    with database.reading() as session:
        before = units.mark(session, ulp="51355")

    changed = []

    def change(piece: Piece) -> PieceDone:
        done = do_piece(piece)
        if not changed:
            changed.append(piece.ulp)
            with database.writing() as session:
                session.execute(text("INSERT INTO gardu (ulp, gardu, raw_code, without_master) VALUES ('51355', 'BARU9', 'BARU9', false)"))  # fmt: skip
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many_units, "do_piece", change)
        done = run_units(database, ["51355"], order, Inline())
    assert done.attempts == 2 and list(done.kept) == ["51355"]
    with database.writing() as session:
        assert units.mark(session, ulp="51355") != before
        told = unit_runs.ledger(session, run=order.run)
        session.execute(text("DELETE FROM gardu WHERE gardu = 'BARU9'"))
    assert told["state"].to_list() == [UnitState.FAILED, UnitState.KEPT]
    assert told["snapshot_sha256"].nunique() == 2


def test_a_result_of_other_data_cannot_be_kept(database, whole):
    _, result = whole
    result.mark, mark = "other", result.mark
    with database.writing() as session, pytest.raises(Conflict):
        keep_result(session, result, who="uji")
    result.mark = mark


def test_keeping_one_unit_locks_no_other(database, whole):
    """While a unit's results are written and not committed, others are written at once."""
    _, result = whole
    with database.writing() as session:
        keep_result(session, result, who="uji")
        with database.writing() as other:
            other.execute(text("SET LOCAL lock_timeout = '1s'"))
            other.execute(text("UPDATE customer SET tarif = tarif WHERE ulp = '51355'"))
            other.execute(text("DELETE FROM match_row WHERE ulp = '51355'"))
            other.rollback()
        session.rollback()


def test_two_runners_of_one_run_are_refused(database, order):
    with many_units._alone(database, order.run), pytest.raises(NotAllowed):
        run_units(database, ALL, order, Inline())


@pytest.mark.drill  # processes begin anew for each unit
def test_the_command_says_by_its_exit_code_that_a_unit_was_set_aside(database, tmp_path, monkeypatch):  # fmt: skip
    from typer.testing import CliRunner

    from rbmgeo.cli import many

    monkeypatch.setattr(many, "open_database", lambda: Database(database.url))
    monkeypatch.setattr(many_units, "do_piece", kills)
    asked = ["run", "perintah", "--no-detect", "--attempts", "1", "--folder", str(tmp_path), "--json"]  # fmt: skip
    done = CliRunner().invoke(many.app, asked)
    assert done.exit_code == many.SET_ASIDE and '"51360"' in done.stdout
    monkeypatch.setattr(many_units, "do_piece", do_piece)
    again = CliRunner().invoke(many.app, asked)
    assert again.exit_code == 0
    shown = CliRunner().invoke(many.app, ["show", "perintah", "--lang", "en"])
    assert "set aside" in shown.stdout and "kept" in shown.stdout and "cause" in shown.stdout
    assert CliRunner().invoke(many.app, ["run", "../x"]).exit_code

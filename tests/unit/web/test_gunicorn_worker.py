"""Who takes a new connection: the worker with fewer is sooner there."""

import pytest

from web import gunicorn_worker
from web.gunicorn_worker import MOST, STEP_S, Fair


@pytest.fixture
def told(monkeypatch):
    told = []
    monkeypatch.setattr(gunicorn_worker.time, "sleep", lambda s: told.append(s))
    monkeypatch.setattr(gunicorn_worker.ThreadWorker, "accept", lambda self, at: told.append(at))
    return told


@pytest.mark.parametrize(("held", "waits"), [(0, 0), (3, 3), (MOST, MOST), (500, MOST)])
def test_the_more_a_worker_holds_the_longer_it_waits(told, held, waits):
    worker = Fair.__new__(Fair)
    worker.nr_conns = held
    worker.accept("door")
    assert told == [pytest.approx(waits * STEP_S), "door"]

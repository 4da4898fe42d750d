"""Phones, net and server die at any moment: nothing is lost, nothing doubled, whatever came first.

The real server as `rbmgeo serve` starts it; `make drill` sends 10,000 records of 20 phones.
"""

import contextlib
import random
import signal
import threading
import time

import failing_phones as field
import pytest

from rbmgeo.cli import serve
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.settings import Settings

pytestmark = [
    pytest.mark.database,
    # The server is meant to outlive who started it, and is killed here.
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),
]
UNITS = ("T0431", "T0432")
SMALL, DRILL = (4, 15, 0.0), (20, 500, 0.02)


class Killer(threading.Thread):
    """Kill -9 answering processes, and all of the server, and start it again."""

    def __init__(self, settings, port, *, every, most, all_of_it):
        super().__init__(daemon=True)
        self.settings, self.port, self.every, self.most = settings, port, every, most
        self.all_of_it = all_of_it
        self.chance, self.done, self.kills = random.Random(1), threading.Event(), 0

    def run(self):
        while self.kills < self.most and not self.done.wait(self.every * self.chance.uniform(0.5, 1.5)):  # fmt: skip
            if self.kills % 2 == 0 or not self.all_of_it:
                kill_one(self.settings)
            else:
                kill_all(self.settings)
                started(self.settings, self.port)
            self.kills += 1


def leader_of(settings):
    return int((settings.home / "serve.pid").read_text().splitlines()[0])


def kill_one(settings):
    """Kill a process that answers pages; its arbiter starts another."""
    pids = [p for p in serve._session_of(leader_of(settings)) if b"web.wsgi" in _command(p)]
    serve._tell(pids[-1:], signal.SIGKILL)


def kill_all(settings):
    """Kill everything at once, as where the machine loses its power."""
    leader = leader_of(settings)
    while pids := serve._session_of(leader):
        serve._tell(pids, signal.SIGKILL)


def _command(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def started(settings, port):
    """Start the server at the port that the phones know; a slow machine may need several tries."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        with contextlib.suppress(serve.NotServing):
            if serve.serve_in_background(settings, port=port).endswith(f":{port}"):
                return
        serve.stop_background(settings)  # the port is not free yet after the kill
        time.sleep(0.2)
    raise AssertionError("the server did not come back")


@pytest.mark.drill
@pytest.mark.parametrize("size", [SMALL, DRILL], ids=["small", "drill"])
def test_whatever_fails_and_whatever_comes_first(
    fresh_database, tmp_path, size, capsys, monkeypatch
):
    monkeypatch.setattr(serve, "_START_S", 300.0)  # a machine with much else to do
    phones, each, large = size
    for ulp in UNITS:
        with fresh_database.writing() as session:
            field.build(session, ulp, phones, each)
    settings = Settings(home=tmp_path, database_url=fresh_database.url)
    port = serve.free_port("127.0.0.1", 8800)
    started(settings, port)
    drill = size == DRILL
    # To start all of it anew takes seconds: in the small run only what answers is killed.
    killer = Killer(settings, port, every=45.0 if drill else 2.0, most=200, all_of_it=drill)
    killer.start()
    came = {}
    try:
        for seed, ulp in enumerate(UNITS):
            came[ulp] = _sent(ulp, port, seed, phones, each, large)
    finally:
        killer.done.set()
        killer.join()
        kill_all(settings)
        serve.stop_background(settings)
    with fresh_database.reading() as session:
        first, second = (field.outcome(session, ulp, tmp_path) for ulp in UNITS)
    walked = field.disks(phones, each, large=large)
    sent = sorted((r["client_id"], visit_of(r).sha256) for d in walked for r in d.records.values())
    for found in (first, second):
        assert [r[:2] for r in found["records"]] == sent, "lost or doubled"
        assert len(found["effects"]) == len(sent)
        taken = sum(r[2] == "masuk" for r in found["effects"])
        assert len(found["answers"]) == taken, "an answer lost or doubled"
        assert sorted({h for d in walked for h in d.pictures}) == [h for h, _ in found["files"]]
        assert all(same for _, same in found["files"]), "a picture is not what was taken"
    with capsys.disabled():
        if drill:
            print(f"\n{len(sent)} records a unit of {phones} phones; server killed {killer.kills} times")  # fmt: skip
            print("\n".join(f"{ulp}: {told}" for ulp, told in came.items()))
    for what in first:
        assert first[what] == second[what], f"{what} depend on what came first"


def _sent(ulp, port, seed, phones, each, large):
    """Let every phone send all it has; a fifth of them come only after the others."""
    began = time.monotonic()
    walked = field.disks(phones, each, large=large)
    order = random.Random(seed).sample(range(phones), phones)
    threads = [field.Phone(walked[n], ulp, port, seed) for n in order]
    late = threads[: max(1, phones // 5)]
    for group in ([t for t in threads if t not in late], late):
        for thread in group:
            thread.start()
        for thread in group:
            thread.join()
    assert [t.fault for t in threads if t.fault] == []
    assert not any(t.left() for t in threads)
    return {
        "seconds": round(time.monotonic() - began),
        "requests": sum(t.told["requests"] for t in threads),
        "phones killed": sum(t.told["killed"] for t in threads),
        "pictures": sum(len(d.pictures) for d in walked),
        "MB": round(sum(len(c) for d in walked for c in d.pictures.values()) / 1e6),
    }  # fmt: skip

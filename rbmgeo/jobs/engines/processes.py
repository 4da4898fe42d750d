"""Processes of this machine, one for each piece: none outlives it, and one that dies takes no other."""

import multiprocessing
import os
import select
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any

from rbmgeo.jobs.engines.engine import Done, done_here

#: Loaded once, before the first piece: what every process begins with.
PRELOADED = ["rbmgeo.jobs.engines.ready"]


class Processes:
    """Does so many pieces at once, each in a process of its own, forked from one that is ready.

    A plain pool loses all its work when one of its processes is killed; here whoever dies loses
    his piece alone, and the memory of a large unit goes back with its process.
    """

    name = "processes"

    def __init__(self, workers: int = 2) -> None:
        self.workers = max(workers, 1)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)
        self._waiting: list[tuple[str, Callable[[Any], Any], Any]] = []
        self._running: dict[Any, tuple[str, Any, Connection]] = {}

    def submit(self, key: str, work: Callable[[Any], Any], piece: Any) -> None:
        """Have a piece done as soon as a process is free."""
        self._waiting.append((key, work, piece))
        self._begin()

    def wait(self) -> list[Done]:
        """Return what was finished; wait for one where nothing was."""
        self._begin()
        if not self._running:
            return []
        ready = wait([*self._running, *(c for _, _, c in self._running.values())])
        ended = [s for s, (_, _, c) in self._running.items() if s in ready or c in ready]
        done = [self._ended(sentinel) for sentinel in ended]
        self._begin()
        return done

    def close(self) -> None:
        """Kill whoever works."""
        for _, process, _ in self._running.values():
            process.kill()
            process.join()
        self._running, self._waiting = {}, []

    def pids(self) -> list[int]:
        """Return the processes that work now."""
        return [process.pid for _, process, _ in self._running.values()]

    def _begin(self) -> None:
        while self._waiting and len(self._running) < self.workers:
            key, work, piece = self._waiting.pop(0)
            ours, theirs = self._context.Pipe(duplex=False)
            process = self._context.Process(target=_work, args=(theirs, key, work, piece))
            process.start()
            theirs.close()
            self._running[process.sentinel] = (key, process, ours)

    def _ended(self, sentinel: Any) -> Done:
        key, process, pipe = self._running.pop(sentinel)
        try:
            done: Done = pipe.recv()
        except (EOFError, OSError):
            process.join()
            done = Done(key, error=f"process ended with {process.exitcode}", died=True)
        process.join()
        pipe.close()
        return done


def _work(pipe: Connection, key: str, work: Callable[[Any], Any], piece: Any) -> None:
    threading.Thread(target=_end_alone, args=(pipe.fileno(),), daemon=True).start()
    pipe.send(done_here(key, work, piece))
    pipe.close()


def _end_alone(pipe: int) -> None:
    """End this process once nobody listens any more: whoever asked was killed, and asks anew."""
    listening = select.poll()
    listening.register(pipe, 0)  # wakes where the other end is closed, for nothing else
    listening.poll()
    os._exit(1)

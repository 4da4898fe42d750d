"""A Dask cluster: of the office, by the address of its scheduler, or on this machine."""

import itertools
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from rbmgeo.errors import UsageError
from rbmgeo.jobs.engines.engine import Done, done_here
from rbmgeo.jobs.engines.processes import PRELOADED

#: Workers that die of one piece before a scheduler of our own gives it up; another's says so itself.
DEATHS = 2
#: Seconds in which a scheduler must answer and have a worker.
PATIENCE_S = 60


class Dask:
    """Does pieces on the workers of a cluster; they reach the pieces' folders, and no database."""

    name = "dask"

    def __init__(self, workers: int = 2, *, address: str = "", memory_gb: float = 0) -> None:
        try:
            import dask
            from distributed import Client, LocalCluster
        except ImportError as error:
            raise UsageError(
                "Dask is not installed; `pip install 'rbmgeo[dask]'`, or use the engine processes",
                "Dask belum terpasang; `pip install 'rbmgeo[dask]'`, atau pakai mesin processes",
            ) from error
        self._cluster = None
        if not address:
            limit = f"{memory_gb}GB" if memory_gb else 0
            # Looking at every worker's stack a hundred times a second takes its part of a processor.
            told = {"distributed.scheduler.allowed-failures": DEATHS - 1,
                    "distributed.worker.profile.enabled": False}  # fmt: skip
            with dask.config.set(told):
                self._cluster = LocalCluster(
                    n_workers=max(workers, 1), threads_per_worker=1, processes=True,
                    dashboard_address=None, memory_limit=limit, preload=PRELOADED,
                )  # fmt: skip
        try:
            self._client = Client(address or self._cluster, timeout=PATIENCE_S)
            self._client.wait_for_workers(1, timeout=PATIENCE_S)
        except (OSError, ValueError) as error:  # a TimeoutError is one of the first
            raise UsageError(
                f"no Dask scheduler with a worker answers at {address} within {PATIENCE_S} s; "
                "look at the address and start a worker",
                f"tidak ada penjadwal Dask berpekerja yang menjawab di {address} dalam {PATIENCE_S} detik; "
                "periksa alamatnya dan nyalakan pekerja",
            ) from error
        self._number = itertools.count()
        self._running: dict[Any, str] = {}

    @property
    def workers(self) -> int:
        """Return how many work now."""
        return max(len(self._client.scheduler_info(n_workers=-1)["workers"]), 1)

    def submit(self, key: str, work: Callable[[Any], Any], piece: Any) -> None:
        """Have a piece done; those first given are done first."""
        number = next(self._number)
        # Others may send the same unit to this scheduler: to it, one name is one piece.
        future = self._client.submit(
            done_here, key, work, piece, key=f"{key}-{uuid4().hex}", pure=False, priority=-number
        )
        self._running[future] = key

    def wait(self) -> list[Done]:
        """Return what was finished; wait for one where nothing was."""
        from distributed import wait

        if not self._running:
            return []
        ended = wait(list(self._running), return_when="FIRST_COMPLETED").done
        out = []
        for future in sorted(ended, key=lambda f: self._running[f]):
            key = self._running.pop(future)
            if future.status == "finished":
                out.append(future.result())
            else:
                kind = type(future.exception()).__name__
                out.append(Done(key, error=kind, died=kind == "KilledWorker"))
            future.release()
        return out

    def pids(self) -> list[int]:
        """Return the processes of the workers."""
        import os

        return sorted(self._client.run(os.getpid).values())

    def close(self) -> None:
        """Leave the cluster; one of our own ends."""
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()

"""Who does the pieces of a large run: this process, processes of this machine, or a Dask cluster.

An engine is given a function and its arguments, and gives back what came of each. It retries
nothing and knows nothing of units: what to do about a piece that failed is the caller's matter.
"""

from rbmgeo.jobs.engines.engine import Done, Engine, Inline
from rbmgeo.jobs.engines.processes import Processes

__all__ = ["Done", "Engine", "Inline", "Processes", "engine_of"]

NAMES = ("inline", "processes", "dask")


def engine_of(name: str, *, workers: int = 2, address: str = "", memory_gb: float = 0) -> Engine:
    """Return an engine by its name.

    ``workers``: processes of this machine; ``address``: of a Dask scheduler, a local cluster
    where there is none; ``memory_gb``: what one worker may take, 0 for any.

    Raises
    ------
    UsageError
        For another name, or where Dask is not installed.
    """
    from rbmgeo.errors import UsageError

    if name == "inline":
        return Inline()
    if name == "processes":
        return Processes(workers)
    if name == "dask":
        from rbmgeo.jobs.engines.dask import Dask

        return Dask(workers, address=address, memory_gb=memory_gb)
    raise UsageError(
        f"engine {name!r} is none of {', '.join(NAMES)}",
        f"mesin {name!r} bukan salah satu dari {', '.join(NAMES)}",
    )

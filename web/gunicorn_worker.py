"""Gunicorn's worker with threads, who leaves a new connection to a neighbour with fewer."""

import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

#: Seconds of waiting for each connection that is held, and for how many at most.
STEP_S, MOST = 0.0001, 10


class Fair(ThreadWorker):  # type: ignore[misc]
    """Waits a little longer to take a connection the more it holds: a millisecond at most.

    All workers listen at one door, and whoever wakes first may take every browser that comes at a
    moment, and keep it: one processor then works and the others wait.
    """

    def accept(self, listener: Any) -> None:
        """Take a new connection, unless another took it meanwhile."""
        time.sleep(STEP_S * min(self.nr_conns, MOST))
        super().accept(listener)

"""For processes under faketime: its version of the system call behind `time.sleep` refuses to wait.

faketime 0.9.10 answers "invalid argument" where the monotonic clock is left true; with that clock
changed as well, locks that wait for some seconds wait for ever. Only the wait is replaced here:
what the processes read from their clock is faketime's.
"""

import select
import time


def sleep(seconds: float) -> None:
    """Wait as `time.sleep` does."""
    select.select([], [], [], max(seconds, 0))


time.sleep = sleep

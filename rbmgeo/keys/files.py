"""Secret files of the home: readable by their owner alone, whole or not there."""

import contextlib
import os
import secrets
from pathlib import Path

OWNER_ONLY = 0o600


def write_secret(path: Path, data: bytes, *, anew: bool = False) -> bool:
    """Write a file that its owner alone may read; return whether it is ours.

    Without ``anew`` a file that is there stays as it is (False): of two that make one at the
    same time, one wins and both use it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if anew:
            beside.replace(path)
            return True
        try:
            os.link(beside, path)
        except FileExistsError:
            return False
        return True
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()

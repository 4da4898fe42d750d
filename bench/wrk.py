"""Many answers a second, asked by wrk: a program in C, so that the asker costs little of the machine."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_suffix(".lua")


@dataclass(frozen=True)
class Run:
    """What one run of wrk came to; ``bad`` answers are not 2xx, ``broken`` connections gave none."""

    per_second: float
    answers: int
    bad: int
    status: int
    broken: int
    p50_ms: float
    p99_ms: float
    mean_bytes: float


def there() -> bool:
    """Say whether wrk is installed; where it is not, how to have it."""
    if shutil.which("wrk"):
        return True
    print("LEFT OUT: wrk is not installed; on Debian: apt-get install wrk", file=sys.stderr)
    return False


def asked(
    address: str, paths: Sequence[str], *, cookie: str = "", connections: int, seconds: float
) -> Run:
    """Ask for paths in turn over some connections at once for some seconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(paths) + "\n")
        file.flush()
        command = ["wrk", f"-t{min(2, connections)}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "20s",
                   "-s", str(SCRIPT), address, "--", file.name, cookie]  # fmt: skip
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    told = json.loads(said.splitlines()[-1])
    n = max(told["requests"], 1)
    return Run(
        told["requests"] / (told["us"] / 1e6), told["requests"], told["bad"], told["status"],
        told["broken"], told["p50"], told["p99"], told["bytes"] / n,
    )  # fmt: skip

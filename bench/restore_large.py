"""Backup, verify and restore of a million customers into a cluster of its own: hashes equal, minutes said.

Run by `make bench-restore` or `python -m bench.restore_large --home FOLDER` (the unit of `bench.map`,
kept there). The other cluster is made for it and thrown away. Ends with 1 where a hash differs.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.map import filled


def _minutes(words: str, seconds: float) -> None:
    print(f"{words:<44}{seconds / 60:>8.1f} minutes ({seconds:.0f} s)", flush=True)


def restored_elsewhere(url: str, folder: Path) -> bool:
    """Back up, verify, restore into a fresh cluster; print the time of each, return whether all is equal."""
    from rbmgeo.db.server.up import down, ensure_cluster, ensure_database
    from rbmgeo.operations.manifest import differences
    from rbmgeo.workflows.backups import make_backup
    from rbmgeo.workflows.restores import facts, restore_backup, verify_backup

    home, to, other = folder / "home", folder / "backups", folder / "other"
    home.mkdir()
    made = make_backup(url, home, to, keep=1, at=datetime.now(UTC), who="bench")
    rows = made.manifest.rows
    _minutes(f"backup, {rows} rows, {made.manifest.dump_bytes / 1e6:.0f} MB", made.seconds)
    told = verify_backup(made, url, at=datetime.now(UTC))
    _minutes(f"verified: {'all equal' if told.well else 'DIFFERS'}", told.seconds)
    other.mkdir(mode=0o755)
    try:
        began = time.monotonic()
        fresh = ensure_database(ensure_cluster(other), "restored")
        _minutes("a fresh cluster", time.monotonic() - began)
        done = restore_backup(made, fresh, folder / "home2", at=datetime.now(UTC), who="bench")
        _minutes("restored there, compared, analyzed", done.seconds)
        began = time.monotonic()
        wrong = differences(made.manifest.tables, facts(fresh))
        _minutes(f"compared once more: {len(made.manifest.tables)} tables, {len(wrong)} differ",
                 time.monotonic() - began)  # fmt: skip
    finally:
        down(other)
    return bool(told.well and wrong.empty)


def main() -> None:
    """Fill the unit, or take the one that is kept, and drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--home", default="", help="keep the unit in this folder for the next time")
    asked: Any = parser.parse_args()
    print(f"{asked.customers} customers, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
    folder = Path(tempfile.mkdtemp(prefix="rbmgeo-restore-"))
    folder.chmod(0o755)
    try:
        with filled(asked.customers, asked.home) as (url, _):
            equal = restored_elsewhere(url, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{'hashes equal' if equal else 'HASHES DIFFER'}; load {os.getloadavg()[0]:.1f}")
    sys.exit(0 if equal else 1)


if __name__ == "__main__":
    main()

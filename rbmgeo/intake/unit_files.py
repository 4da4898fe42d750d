"""A unit's snapshot and results as files: GeoParquet beside what is no table, complete or not there."""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from rbmgeo.errors import BrokenFile
from rbmgeo.matching.candidates import Candidates
from rbmgeo.unit.digest import data_digest
from rbmgeo.unit.process import UnitParams, UnitResult
from rbmgeo.unit.snapshot import UnitSnapshot

_FACTS = "unit.json"
#: How the folder ends that is not whole yet.
HALF = ".half"
_TRIES = 100
#: Columns of results that hold lists and dictionaries; they are kept as JSON.
_NESTED = ("reasons", "question")


def write_snapshot(folder: Path, snapshot: UnitSnapshot) -> str:
    """Write a snapshot in place of the one before; return its SHA-256."""
    return _write(folder, {"snapshot": snapshot.facts()}, snapshot.tables)


def read_snapshot(folder: Path) -> UnitSnapshot:
    """Return the snapshot of a folder; raises `BrokenFile` where a file is missing or another."""
    told, tables = _read(folder)
    return UnitSnapshot.of(told["snapshot"], tables)


def write_result(folder: Path, result: UnitResult, *, snapshot: str) -> str:
    """Write a result in place of the one before; ``snapshot``: the hash of what it was made of."""
    told = {
        "ulp": result.ulp, "mark": result.mark, "blth": result.blth, "snapshot_sha256": snapshot,
        "params": {"steps": list(result.params.steps), "detect_errors": result.params.detect_errors},
        "summaries": result.summaries, "cpu_s": result.cpu_s, "result_sha256": result.sha256(),
    }  # fmt: skip
    tables = dict(result.tables)
    if result.candidates is not None:
        c = result.candidates
        tables |= {
            "candidate_of": pd.DataFrame({"idpel": c.idpels, "end": c.starts[1:]}),
            "candidate_code": pd.DataFrame({"gardu": c.codes.astype(str)}),
            "candidate": pd.DataFrame({"gardu": c.gardu, "distance_m": c.distance_m}),
        }
    _write(folder, {"result": told}, tables)
    return str(told["result_sha256"])


def read_result(folder: Path) -> UnitResult:
    """Return the result of a folder; raises `BrokenFile` where it is not what was written."""
    facts, tables = _read(folder)
    told = facts["result"]
    params = UnitParams(tuple(told["params"]["steps"]), told["params"]["detect_errors"])
    found: Candidates | None = None
    if "candidate" in tables:
        of, code, rows = (tables.pop(f"candidate{n}") for n in ("_of", "_code", ""))
        starts = np.concatenate([[0], of["end"].to_numpy(np.int64)])
        found = Candidates(
            pd.Index(of["idpel"], name="idpel"), code["gardu"].to_numpy(object), starts,
            rows["gardu"].to_numpy(np.int64), rows["distance_m"].to_numpy(float),
        )  # fmt: skip
    result = UnitResult(
        told["ulp"], told["mark"], told["blth"], params, told["summaries"], tables, found,
        told["cpu_s"],
    )  # fmt: skip
    if result.sha256() != told["result_sha256"]:
        raise _other(folder, "result")
    return result


def result_facts(folder: Path) -> dict[str, Any] | None:
    """Return what is said of a result beside its tables, None where there is none."""
    try:
        return dict(json.loads((folder / _FACTS).read_text(encoding="utf-8"))["result"])
    except (OSError, ValueError, KeyError):
        return None


def snapshot_sha256(folder: Path) -> tuple[str, str] | None:
    """Return hash and mark of a snapshot that lies there whole, None where there is none."""
    try:
        told = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        return _sha256(told), str(told["snapshot"]["mark"])
    except (OSError, ValueError, KeyError):
        return None


def _write(folder: Path, facts: dict[str, Any], tables: Mapping[str, pd.DataFrame]) -> str:
    """Write tables and facts beside the folder, then put them in its place, on the disk for good.

    Whoever else writes there has a half of his own. Places of customers: for nobody else to read.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", suffix=HALF, dir=folder.parent))
    files = {}
    for name, table in sorted(tables.items()):
        path = half / f"{name}.parquet"
        _plain(table).to_parquet(path, compression="zstd")
        files[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    told = {**facts, "files": files}
    (half / _FACTS).write_text(
        json.dumps(told, sort_keys=True, ensure_ascii=False), encoding="utf-8"
    )
    for path in (*half.iterdir(), half):
        _on_disk(path)
    _put(half, folder)
    _on_disk(folder.parent)
    return _sha256(told)


def _put(half: Path, folder: Path) -> None:
    """Put a whole folder in the place of one that is there; of several at a moment the last stays."""
    gone = half.with_name(f"{half.stem}.gone{HALF}")
    for tries_left in reversed(range(_TRIES)):
        with contextlib.suppress(FileNotFoundError):
            folder.rename(gone)
        try:
            half.rename(folder)
            break
        except OSError:  # another put his own there this moment
            if not tries_left:
                raise
        finally:
            shutil.rmtree(gone, ignore_errors=True)


def _on_disk(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    try:
        told = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        tables = {}
        for name, sha256 in told["files"].items():
            path = folder / f"{name}.parquet"
            if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                raise _other(folder, name)
            tables[name] = _nested(_parquet(path))
    except (OSError, ValueError, KeyError) as error:
        raise _other(folder, _FACTS) from error
    return told, tables


def _parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.DataFrame(gpd.read_parquet(path))
    except ValueError:  # a table without places says nothing of them
        return pd.read_parquet(path)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is written: lists and dictionaries as JSON, places as such."""
    out = table
    for name in table.columns:
        if name in _NESTED:
            out = out.assign(**{name: [json.dumps(v, sort_keys=True, ensure_ascii=False) for v in table[name]]})  # fmt: skip
    return gpd.GeoDataFrame(out) if "geometry" in out else out


def _nested(table: pd.DataFrame) -> pd.DataFrame:
    for name in _NESTED:
        if name in table:
            values = [json.loads(v) for v in table[name]]
            table = table.assign(**{name: pd.Series(values, index=table.index, dtype=object)})
    return table


def _sha256(told: dict[str, Any]) -> str:
    return data_digest({k: v for k, v in told.items() if k != "result"} | {"files": told["files"]})


def _other(folder: Path, name: str) -> BrokenFile:
    return BrokenFile(
        f"{folder.name}: {name} is missing or not what was written; run the unit again",
        f"{folder.name}: {name} tidak ada atau bukan yang ditulis; jalankan unit ini lagi",
    )

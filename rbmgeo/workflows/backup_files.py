"""The files of a home beside its database: into a backup, looked at there, and back."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from rbmgeo.operations.manifest import files_of

#: What people brought or signed: photos, signed scans, mappings of sources. All else in a home is
#: made anew from these and the database, or is a copy of a file that lies elsewhere (base maps).
KEPT = ("photos", "deeds", "months", "profiles")
#: Private keys: only where they are asked for.
SECRET = ("keys", "tls")
_PIECE = 1 << 20


def found(home: Path, folders: tuple[str, ...]) -> Iterator[Path]:
    """Yield the files of some folders of a home, from the home on; none that is still written."""
    for folder in folders:
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path.relative_to(home)


def take(
    home: Path, into: Path, *, folders: tuple[str, ...], before: Path | None, known: pd.DataFrame
) -> pd.DataFrame:
    """Copy the files of a home into a folder; return `FILES` of what lies there now.

    A photo is named by its content: what the backup ``before`` has of the same name and size (its
    manifest's files are ``known``) becomes another name of the same bytes on the disk.
    """
    facts: dict[str, dict[str, Any]] = {}
    for path in found(home, folders):
        size = (home / path).stat().st_size
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if before is not None and _same(path, size, known):
            with contextlib.suppress(OSError):  # another disk, or one that knows no second name
                os.link(before / path, target)
                facts[str(path)] = {"bytes": size, "sha256": path.stem}
                continue
        shutil.copyfile(home / path, target)
        if path.parts[0] in SECRET:
            target.chmod(0o600)
        facts[str(path)] = {"bytes": target.stat().st_size, "sha256": sha256_of(target)}
    return files_of(facts)


def _same(path: Path, size: int, known: pd.DataFrame) -> bool:
    """Say whether a file is what the backup before has: its name is its content's hash."""
    if str(path) not in known.index:
        return False
    told: Any = known.loc[str(path)]
    return path.stem == told["sha256"] and size == int(told["bytes"])


def lying(folder: Path) -> pd.DataFrame:
    """Return `FILES` of what lies in a folder of a backup, every byte read."""
    if not folder.is_dir():
        return files_of({})
    names = tuple(sorted(p.name for p in folder.iterdir()))
    return files_of({
        str(p): {"bytes": (folder / p).stat().st_size, "sha256": sha256_of(folder / p)}
        for p in found(folder, names)
    })  # fmt: skip


def give_back(folder: Path, home: Path) -> int:
    """Copy the files of a backup into a home where they are not there; return how many came.

    A file that is there stays: a photo is the same by its name, a key may be newer.
    """
    came = 0
    for path in found(folder, (*KEPT, *SECRET)):
        target = home / path
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.copyfile(folder / path, beside)
        beside.chmod(0o600 if path.parts[0] in SECRET else 0o640)
        beside.replace(target)
        came += 1
    return came


def sha256_of(path: Path) -> str:
    """Return the hash of a file, read piece by piece."""
    made = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            made.update(piece)
    return made.hexdigest()

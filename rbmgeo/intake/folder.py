"""The files of a folder or zip, whatever lies in it; nothing is unpacked beyond its limits."""

import shutil
import stat
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from rbmgeo.errors import ImportRefused, UsageError

#: Most members of an archive, and most bytes they unpack to: a unit's year is some 2 GB.
MEMBERS, UNPACKED = 5_000, 8 << 30
#: What an archive holds beside files of data; never a table.
IGNORED = {"thumbs.db", "desktop.ini", ".ds_store"}
#: Parts of one shapefile: such an archive is one map file.
ONE_MAP_FILE = {".shp", ".gdbtable"}


def files_of(paths: Sequence[Path], *, unpack_into: Path | None = None) -> list[Path]:
    """Return the files of paths and folders, by name; archives are unpacked where asked for.

    A folder named ``truth`` is never read, nor are hidden files and texts. A zip that holds a
    shapefile is one map file and stays as it is.

    Raises
    ------
    ImportRefused
        Where an archive leads outside its folder, or is too large.
    UsageError
        If there is no file.
    """
    found: list[Path] = []
    for path in paths:
        inside = [path]
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and "truth" not in p.parts)
            inside = [p for p in inside if not p.name.startswith(".") and p.suffix != ".txt"]
        for file in inside:
            if unpack_into is not None and is_archive(file):
                found += unpacked(file, unpack_into / f"{len(found)}-{file.stem}")
            else:
                found.append(file)
    if not found:
        raise UsageError(
            "there is no file to import; name files or a folder that holds some",
            "tidak ada berkas untuk diimpor; sebutkan berkas atau folder yang berisi berkas",
        )
    return found


def is_archive(path: Path) -> bool:
    """Say whether a file is a zip of files (a workbook and a zipped shapefile are not)."""
    if path.suffix.lower() != ".zip" or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return not any(Path(n).suffix.lower() in ONE_MAP_FILE for n in archive.namelist())


def unpacked(path: Path, folder: Path) -> list[Path]:
    """Unpack a zip into a folder and return its files; raises `ImportRefused` at a bad member."""
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        if len(members) > MEMBERS or sum(m.file_size for m in members) > UNPACKED:
            raise _refused(
                path, "ARCHIVE_SIZE", "too many or too large", "terlalu banyak atau besar"
            )
        made = []
        left = UNPACKED
        for member in members:
            place = PurePosixPath(member.filename.replace("\\", "/"))
            if place.is_absolute() or ".." in place.parts or ":" in place.parts[0]:
                raise _refused(
                    path, "ARCHIVE_PATH", f"{place} leads outside", f"{place} keluar folder"
                )
            if stat.S_ISLNK(member.external_attr >> 16):
                raise _refused(path, "ARCHIVE_LINK", f"{place} is a link", f"{place} berupa tautan")
            if _skipped(place):
                continue
            target = folder.joinpath(*place.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            left -= _copied(archive, member, target, left, path)
            made.append(target)
    return sorted(made)


def _skipped(place: PurePosixPath) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in place.parts)
    known = place.name.lower() in IGNORED or place.suffix.lower() == ".txt"
    return hidden or known or "truth" in place.parts


def _copied(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int, path: Path
) -> int:
    """Write a member and return its bytes; what it says of its size is not believed."""
    done = 0
    try:
        with archive.open(member) as source, target.open("wb") as file:
            while block := source.read(1 << 20):
                done += len(block)
                if done > left:
                    raise _refused(
                        path, "ARCHIVE_SIZE", "it unpacks too large", "isinya terlalu besar"
                    )
                file.write(block)
    except (zipfile.BadZipFile, RuntimeError, EOFError) as error:
        shutil.rmtree(target.parent, ignore_errors=True)
        raise _refused(
            path, "ARCHIVE", f"cannot be unpacked ({error})", f"tidak terbuka ({error})"
        ) from error
    return done


def _refused(path: Path, rule: str, english: str, indonesian: str) -> ImportRefused:
    return ImportRefused(
        f"{path.name}: rule {rule}: {english}; pack the files anew",
        f"{path.name}: aturan {rule}: {indonesian}; kemas lagi berkasnya",
    )

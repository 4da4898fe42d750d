"""The files of a folder or zip, whatever lies in it; nothing is unpacked beyond its limits."""

from collections.abc import Sequence
from pathlib import Path

from rbmgeo.errors import UsageError
from rbmgeo.intake.readers import table_files
from rbmgeo.intake.readers.archive import looked_through, unpacked
from rbmgeo.intake.readers.photos import is_photos
from rbmgeo.intake.readers.sniff import Form, form_of

#: Parts of one map file: an archive of them is opened as the file that it is.
ONE_MAP_FILE = {".shp", ".gdbtable"}


def files_of(paths: Sequence[Path], *, unpack_into: Path | None = None) -> list[Path]:
    """Return the files of paths and folders, by name; archives are unpacked where asked for.

    A folder named ``truth`` is never read, nor are hidden files and texts. A zip that holds a
    shapefile is one map file and stays as it is, and so does one of photos.

    Raises
    ------
    ImportRefused
        Where an archive leads outside its folder, or is too large.
    UsageError
        If there is no file.
    """
    found: list[Path] = []
    for path in paths:
        folder = path.is_dir() and path.suffix.lower() != ".gdb"
        for file in table_files(path) if folder else [path]:
            if unpack_into is not None and is_archive(file):
                into = unpack_into / f"{len(found)}-{file.stem}"
                into.mkdir(parents=True)
                unpacked(file, into)
                found += table_files(into)
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
    if not path.is_file() or form_of(path) != Form.ZIP:
        return False
    names = [m.filename for m in looked_through(path)]
    return not is_photos(names) and not any(Path(n).suffix.lower() in ONE_MAP_FILE for n in names)

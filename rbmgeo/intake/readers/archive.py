"""Archives: looked through before anything is unpacked, then unpacked within bounds."""

import gzip
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from rbmgeo.intake.readers.hold import Hold
from rbmgeo.intake.readers.limits import LIMITS, Limits, refused, too_large

PIECE = 1 << 20
BROKEN = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
#: What desktops add to an archive beside its files.
CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def looked_through(path: Path, limits: Limits = LIMITS) -> list[zipfile.ZipInfo]:
    """Return the files in a zip, after it was judged by what it declares of itself.

    Raises
    ------
    ImportRefused
        If a name leads outside the folder, a member is a link or has a password, or the whole
        is larger than the limits; nothing was unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except BROKEN as error:
        raise _broken(path, error) from error
    if len(members) > limits.members:
        raise too_large(path.name, "members", len(members), limits.members)
    for member in members:
        _refuse_member(path, member)
    unpacked = sum(m.file_size for m in members)
    packed = max(path.stat().st_size, 1)
    if unpacked > limits.unpacked_bytes:
        raise too_large(path.name, "unpacked bytes", unpacked, limits.unpacked_bytes)
    if unpacked > limits.ratio_from_bytes and unpacked > limits.ratio * packed:
        raise too_large(path.name, "unpacked to packed", unpacked // packed, limits.ratio)
    return [m for m in members if not m.is_dir() and not _clutter(m.filename)]


def unpacked(path: Path, into: Path, limits: Limits = LIMITS) -> list[Path]:
    """Unpack a zip that was looked through; returns its files, in order of their names."""
    members = looked_through(path, limits)
    done = []
    try:
        with zipfile.ZipFile(path) as archive:
            for member in members:
                target = into / PurePosixPath(member.filename.replace("\\", "/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as packed, target.open("wb") as out:
                    while piece := packed.read(PIECE):
                        out.write(piece)
                done.append(target)
    except BROKEN as error:
        raise _broken(path, error) from error
    return sorted(done)


def proved(path: Path, limits: Limits = LIMITS) -> None:
    """Read every member once and let it go: a member that lies about its size is found out.

    For readers that unpack by themselves (workbooks).
    """
    members = looked_through(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            for member in members:
                for _ in _pieces(archive, member):
                    pass
    except BROKEN as error:
        raise _broken(path, error) from error


def member_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return one member of a zip that was looked through, at most the size that it declares.

    Raises
    ------
    ImportRefused
        If it is broken.
    """
    try:
        return archive.read(member)
    except BROKEN as error:
        raise _broken(Path(str(archive.filename)), error) from error


def ungzipped(path: Path, limits: Limits = LIMITS) -> tuple[Hold, Path]:
    """Unpack a gzipped file into a folder of its own, within the limits."""
    folder = Hold()
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    target = folder.path / (name or "berkas")
    size, packed = 0, max(path.stat().st_size, 1)
    try:
        with gzip.open(path, "rb") as file, target.open("wb") as out:
            while piece := file.read(PIECE):
                size += len(piece)
                if size > limits.unpacked_bytes:
                    raise too_large(path.name, "unpacked bytes", size, limits.unpacked_bytes)
                if size > limits.ratio_from_bytes and size > 6 * limits.ratio * packed:
                    raise too_large(path.name, "unpacked to packed", size // packed, limits.ratio)
                out.write(piece)
    except BROKEN as error:
        raise refused(
            path.name, "GZIP", f"cannot be unpacked ({error}); copy or export it again",
            f"tidak bisa dibuka ({error}); salin atau ekspor lagi",
        ) from error  # fmt: skip
    return folder, target


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as file:
        while piece := file.read(PIECE):
            yield piece


def _refuse_member(path: Path, member: zipfile.ZipInfo) -> None:
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or ":" in (parts[0] if parts else ""):
        raise refused(
            path.name, "ZIP_PATH", f"member {member.filename!r} leads outside the folder; pack the "
            "files anew", f"isi {member.filename!r} menunjuk keluar folder; kemas ulang berkasnya",
        )  # fmt: skip
    if stat.S_ISLNK(member.external_attr >> 16):
        raise refused(
            path.name, "ZIP_LINK", f"member {member.filename!r} is a link; pack the file itself",
            f"isi {member.filename!r} adalah tautan; kemas berkasnya sendiri",
        )  # fmt: skip
    if member.flag_bits & 1:
        raise refused(
            path.name, "PASSWORD", f"member {member.filename!r} has a password; pack it without one",
            f"isi {member.filename!r} bersandi; kemas tanpa sandi",
        )  # fmt: skip


def _clutter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in CLUTTER


def _broken(path: Path, error: Exception) -> Exception:
    return refused(
        path.name, "ZIP", f"cannot be unpacked ({error}); copy or pack it again",
        f"tidak bisa dibuka ({error}); salin atau kemas lagi",
    )  # fmt: skip

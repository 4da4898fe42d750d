"""Workbooks of the old kind, looked into before they are read: password, epoch, what they are."""

import struct
from dataclasses import dataclass
from pathlib import Path

import olefile

from rbmgeo.intake.readers.limits import refused

FILEPASS, DATEMODE, BOUNDSHEET = 0x2F, 0x22, 0x85
SECRET = "EncryptedPackage"


@dataclass(frozen=True)
class Old:
    """What an old workbook says of itself before its sheets."""

    epoch_1904: bool = False


def looked_into(path: Path) -> Old:
    """Look into a compound file; what is broken is left to the reader itself.

    Raises
    ------
    ImportRefused
        If it has a password, or is a document of another kind.
    """
    if not olefile.isOleFile(str(path)):
        return Old()
    try:
        with olefile.OleFileIO(str(path)) as file:
            names = {"/".join(n) for n in file.listdir()}
            if SECRET in names or "EncryptionInfo" in names:
                raise password(path.name)
            stream = next((n for n in ("Workbook", "Book") if n in names), "")
            if not stream:
                raise _no_workbook(path.name)
            return _said(path.name, file.openstream(stream).read(1 << 20))
    except (OSError, struct.error, IndexError, ValueError, TypeError, AttributeError):
        return Old()


def _said(name: str, data: bytes) -> Old:
    """Read the records of an old workbook up to its list of sheets."""
    at, epoch_1904 = 0, False
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        if kind == FILEPASS:
            raise password(name)
        if kind == DATEMODE and size >= 2:
            epoch_1904 = data[at + 4] == 1
        if kind == BOUNDSHEET:
            break
        at += 4 + size
    return Old(epoch_1904)


def password(name: str) -> Exception:
    """Return the refusal of a workbook with a password."""
    return refused(
        name, "PASSWORD", "the workbook has a password; save it without one in Excel (File, Info, "
        "Protect Workbook) and bring it again",
        "buku kerja bersandi; simpan tanpa sandi di Excel (Berkas, Info, Proteksi) lalu bawa lagi",
    )  # fmt: skip


def _no_workbook(name: str) -> Exception:
    return refused(
        name, "NO_TABLE", "this is an old Office document without a sheet; save the table as XLSX",
        "ini dokumen Office lama tanpa lembar; simpan tabelnya sebagai XLSX",
    )  # fmt: skip

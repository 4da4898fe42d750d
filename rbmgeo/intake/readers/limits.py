"""How much of an untrusted file is taken in: one frozen value, and the sentence of a refusal."""

from dataclasses import dataclass

from rbmgeo.errors import ImportRefused


@dataclass(frozen=True)
class Limits:
    """Bounds that honest files of one unit stay far below.

    Plain text has no bound of size: it is read block by block. Everything that must be
    unpacked, or held as a whole to be read, has one.
    """

    unpacked_bytes: int = 4 << 30  # of an archive; of a workbook's parts a quarter
    ratio: int = 200  # unpacked to packed, of what is large when unpacked
    ratio_from_bytes: int = 32 << 20
    members: int = 20_000
    cells: int = 30_000_000  # of one sheet: about 1 GB in the reader
    cell_signs: int = 131_072
    columns: int = 2_000
    whole_bytes: int = 512 << 20  # of a file whose reader holds it as a whole (GeoJSON, KML)
    depth: int = 64  # of brackets in brackets; a geometry needs ten


LIMITS = Limits()


def refused(name: str, rule: str, en: str, indonesian: str) -> ImportRefused:
    """Return the refusal of a file by a rule, in both languages."""
    return ImportRefused(f"{name}: rule {rule}: {en}", f"{name}: aturan {rule}: {indonesian}")


def too_large(name: str, what: str, found: int, limit: int) -> ImportRefused:
    """Return the refusal of a file that goes beyond a limit; ``what`` names the limit."""
    return refused(
        name,
        "LIMIT",
        f"{what}: {found:,}, at most {limit:,} are taken; split the file, or export only what is needed",
        f"{what}: {found:,}, paling banyak {limit:,}; pecah berkasnya, atau ekspor yang perlu saja",
    )

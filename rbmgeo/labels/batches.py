"""Why a file cannot be taken back, in words that name the next step: (Indonesian, English)."""

HOLDS: dict[str, tuple[str, str]] = {
    "overwritten": (
        "impor {batch} sesudahnya mengubah {count} baris dari impor ini; urungkan impor {batch} dulu",
        "the later import {batch} changed {count} of its rows; undo import {batch} first",
    ),
    "customers": (
        "impor {batch} sesudahnya menyebut {count} pelanggan yang hanya dikenal dari impor ini; "
        "urungkan impor {batch} dulu",
        "the later import {batch} names {count} customers known from this one alone; undo import "
        "{batch} first",
    ),
    "gardu": (
        "impor {batch} sesudahnya menyebut {count} gardu yang hanya dikenal dari impor ini; "
        "urungkan impor {batch} dulu",
        "the later import {batch} names {count} gardu known from this one alone; undo import "
        "{batch} first",
    ),
    "same": (
        "impor {batch} sesudahnya berisi {count} baris yang sudah ada, mungkin dari impor ini; "
        "urungkan impor {batch} dulu",
        "the later import {batch} has {count} rows that were there already, perhaps from this "
        "one; undo import {batch} first",
    ),
    "own_readings": (
        "{count} bacaan sendiri dibuat atas barisnya (tanggal {which}); bacaan tidak pernah dihapus",
        "{count} own readings were made of its rows (on {which}); readings are never deleted",
    ),
    "answers": (
        "{count} jawaban survei sudah diberikan atas barisnya (tanggal {which}); jawaban tidak bisa dihapus",
        "{count} survey answers were given on its rows (on {which}); answers are never deleted",
    ),
    "proposals": (
        "{count} usulan atas barisnya sudah disetujui atau masih menunggu (nomor {which}); jawaban atas usulan "
        "itu bergantung pada baris ini",
        "{count} proposals on its rows are approved or wait (number {which}); they rest on these rows",
    ),
    "versions": (
        "{count} versi rute yang sudah terbit memakai barisnya (versi {which})",
        "{count} published route versions use its rows (version {which})",
    ),
    "undone": ("impor ini sudah diurungkan", "it is undone already"),
    "old": (
        "impor ini dibuat sebelum program menyimpan isi lama; muat berkas yang benar sebagai gantinya",
        "it was made before the program kept what it overwrote; import a right file instead",
    ),
}


def hold_words(
    what: str, lang: str, *, count: int, batch: int | None, which: tuple[str, ...]
) -> str:
    """Say one reason in ``id`` or ``en``: what leans on a file, how much of it, which."""
    words = HOLDS[what][0 if lang == "id" else 1]
    return words.format(batch=batch, count=count, which=", ".join(which))

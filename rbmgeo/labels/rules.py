"""Rules of the importer in words: what is wrong, and what to do; Indonesian and English."""

RULES: dict[str, tuple[str, str]] = {
    "R-IM-01": (
        "IDPEL harus 12 angka; periksa huruf O dan tanda baca di sel ini",
        "an idpel has 12 digits; look for a letter O or punctuation in this cell",
    ),
    "R-IM-02": (
        "angka IDPEL sudah hilang (notasi ilmiah); ekspor lagi kolom ini sebagai teks",
        "digits are lost (scientific notation); export this column again as text",
    ),
    "R-IM-09": ("bulan tidak terbaca; tulis YYYYMM, misal 202405", "no month; write YYYYMM"),
    "IDPEL_LEN": (
        "IDPEL bukan 12 angka; nol di depan mungkin hilang, ekspor lagi sebagai teks",
        "the idpel has not 12 digits; leading zeros may be lost, export again as text",
    ),
    "IDPEL_INVISIBLE": (
        "ada tanda tak terlihat di IDPEL; ketik ulang sel ini",
        "the idpel holds an invisible character; type the cell anew",
    ),
    "IDPEL_EMPTY": ("IDPEL kosong; isi, atau hapus barisnya", "the idpel is empty; fill it in"),
    "TOTAL_ROW": (
        "baris jumlah, bukan pelanggan; boleh dihapus dari berkas",
        "a total, not a customer; the row may be deleted",
    ),
    "OTHER_UNIT": (
        "UNITUP menyebut unit lain; pilih unit itu, atau pisahkan barisnya",
        "UNITUP names another unit; choose that unit, or split the file",
    ),
    "NUMBER": ("bukan angka; hapus satuan dan huruf", "not a number; remove units and letters"),
    "NUMBER_SCIENTIFIC": (
        "notasi ilmiah; ekspor lagi kolom ini sebagai angka biasa",
        "scientific notation; export the column as plain numbers",
    ),
    "AMBIGUOUS": (
        "titik bisa ribuan atau desimal; pakai profil dengan locale, atau tulis tanpa pemisah",
        "the sign may part thousands or decimals; use a profile with a locale",
    ),
    "DATE": ("tanggal tidak ada; tulis 25/04/2026", "no such date; write 25/04/2026"),
    "CONTROL_CHARACTER": (
        "ada karakter kendali di teks; ketik ulang sel ini",
        "the text holds a control character; type the cell anew",
    ),
    "ERROR_CELL": (
        "sel berisi galat rumus (#N/A, #REF!); perbaiki rumusnya, atau kosongkan selnya",
        "the cell holds a failed formula (#N/A, #REF!); mend it, or empty the cell",
    ),
    "EMPTY_KEY": (
        "kolom kunci kosong; isi, atau hapus barisnya",
        "a key cell is empty; fill it in",
    ),
    "CONTRADICTS": (
        "kode ini sudah ada di baris lain dengan isi lain; biarkan satu saja",
        "this code stands in another row with other content; leave one",
    ),
    "ROW_LONG": (
        "sel lebih banyak dari judul kolom; periksa pemisah di dalam teks",
        "more cells than the header; look for a delimiter inside a text",
    ),
    "ROW_SHORT": (
        "sel kurang dari judul kolom; baris terpotong, ekspor lagi",
        "fewer cells than the header; the row is cut, export again",
    ),
    "R-IM-03": (
        "awalan IDPEL bukan kode unit ini (boleh: unit pernah dipecah atau digabung)",
        "the idpel begins with another unit's code (allowed: units split and merge)",
    ),
    "R-IM-04": (
        "baris satu IDPEL saling bertentangan; semuanya tampak sebagai ganda",
        "rows of one idpel contradict each other; all stay visible as ganda",
    ),
    "R-IM-06": ("lintang dan bujur ditukar", "latitude and longitude were swapped"),
    "IDPEL_NORMALISED": (
        "IDPEL dirapikan (spasi, apostrof, atau nol sesuai profil)",
        "idpels were normalised (spaces, apostrophe, or zeros as the profile says)",
    ),
    "KWH_REVISED": (
        "kWh bulan yang sudah ada diganti nilai berkas ini",
        "kWh of a month that was there take this file's value",
    ),
    "PDPJ_MOVED": (
        "pelanggan pindah gardu menurut daftar ini; catatan lama ditutup dengan tanggal",
        "customers moved to another gardu by this list; the old record is closed with its date",
    ),
    "PDPJ_SURVEY": (
        "gardu hasil survei dipertahankan; daftar ini menyebut gardu lain",
        "the gardu that a survey found is kept; this list names another one",
    ),
    "SECTION_ROW": (
        "baris bagian atau judul yang berulang; isinya dipakai, barisnya dilewati",
        "section rows or headers once more; what they say is used, the rows are skipped",
    ),
    "OTHER_LAYER": (
        "lapis lain dalam berkas ini bukan jenis yang diminta dan tidak dibaca",
        "other layers of this file are not of the kind asked for and were not read",
    ),
    "NO_PLACE": (
        "koordinat tidak bisa dipakai; baris tetap dimuat tanpa letak",
        "coordinates cannot be used; the rows are loaded without a place",
    ),
}


def words(rule: str, lang: str) -> str:
    """Return what a rule says; a rule without words is a fault of ours."""
    return RULES[rule][0 if lang == "id" else 1]

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
    "PHOTO_NAME": (
        "nama foto tidak menyebut tepat satu IDPEL; beri nama seperti 202405/513540000001.jpg",
        "the photo's name tells no single idpel; name it like 202405/513540000001.jpg",
    ),
    "PHOTO_MONTH": (
        "nama foto tidak menyebut bulannya; beri nama seperti 202405/513540000001.jpg",
        "the photo's name tells no month; name it like 202405/513540000001.jpg",
    ),
    "PHOTO_BYTES": (
        "isi berkas ini bukan foto JPEG, PNG, atau WebP; kirim foto aslinya",
        "this file holds no JPEG, PNG or WebP photo; send the photo itself",
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
    "UNREAD_COLUMNS": (
        "kolom yang tidak dikenal profil ini dan tidak dibaca; pilih profil lain bila penting",
        "columns that this profile does not know were not read; choose another if they matter",
    ),
    "RBM_MONTH": (
        "daftar RBM tanpa bulan dipasang pada bulan terbaru unit, atau bulan impor ini",
        "an RBM list that names no month stands in the unit's newest one, or this import's",
    ),
    "NOT_FINITE": (
        "koordinat bukan bilangan (nan, inf); kosongkan selnya, atau isi derajatnya",
        "the coordinate is no finite number (nan, inf); empty the cell, or write degrees",
    ),
    "DMS": (
        'derajat-menit-detik; tulis derajat desimal, atau pakai profil dengan coordinates = "dms"',
        "degrees, minutes and seconds; write decimal degrees, or use a profile that declares "
        'coordinates = "dms"',
    ),
    "UTM_METRES": (
        "isinya meter UTM, bukan derajat; sebutkan zonanya, misal --srid 32749 (zona 49 S, Jawa Timur)",
        "these are UTM metres, not degrees; say their zone, e.g. --srid 32749 (zone 49 S, East Java)",
    ),
    "GEOMETRY_TYPE": (
        "bentuk di baris ini bukan jenis lapisnya (titik atau garis); hapus atau perbaiki",
        "the shape is not of the layer's kind (point or line); delete or mend it",
    ),
    "GEOMETRY_CROSSES": (
        "garis batas memotong dirinya sendiri; perbaiki di QGIS (Fix geometries, sama dengan "
        "ST_MakeValid), lihat hasilnya, lalu muat lagi",
        "the outline crosses itself; mend it in QGIS (Fix geometries, the same as ST_MakeValid), look "
        "at the result, and load it again",
    ),
    "GARDU_MOVED": (
        "gardu berpindah lebih dari 100 m dari letak sebelumnya; letak baru dipakai, periksa di peta",
        "gardu lie more than 100 m from where they were; the new place is taken, look at the map",
    ),
    "GEOMETRY_EMPTY": (
        "garis di baris ini kosong; gambar lagi, atau hapus barisnya",
        "the row's line is empty; draw it, or delete the row",
    ),
    "READING_DAY": (
        "hari baca 1 sampai 31 atau huruf; perbaiki selnya",
        "a reading day is 1 to 31 or a letter; mend the cell",
    ),
    "MOJIBAKE": (
        "teks pernah dibaca dengan pengodean yang salah (Ã©); dimuat apa adanya, lebih baik ekspor lagi",
        "texts were once read in a wrong encoding (Ã©); loaded as they are, better export again",
    ),
    "NUMBER_AS_ID": (
        "nomor panjang disimpan sebagai angka di lembar kerja; utuh, tetapi simpan kolomnya sebagai teks",
        "long numbers are stored as numbers in the workbook; they are whole, but keep them as text",
    ),
    "CELLS_BEYOND": (
        "sel di kanan kolom terakhir yang berjudul tidak dibaca; beri judul bila perlu",
        "cells to the right of the last header were not read; name their column if they matter",
    ),
    "HIDDEN_SHEET": (
        "lembar tersembunyi ikut dibaca; hapus dari berkas bila tidak dimaksud",
        "a hidden sheet was read too; delete it from the file if it is not meant",
    ),
    "HIDDEN_ROWS": (
        "baris tersembunyi ikut dibaca; hapus dari berkas bila tidak dimaksud",
        "hidden rows were read too; delete them from the file if they are not meant",
    ),
    "HIDDEN_COLUMNS": (
        "kolom tersembunyi ikut dibaca",
        "hidden columns were read too",
    ),
    "FILTERED": (
        "saringan sedang aktif; baris yang tersaring ikut dibaca",
        "a filter is on; the rows it hides were read too",
    ),
    "HEIGHT_DROPPED": (
        "ketinggian (Z) pada titik tidak disimpan",
        "heights (Z) of positions are not kept",
    ),
    "DELETED_RECORDS": (
        "baris DBF yang bertanda hapus dilewati",
        "records marked as deleted in the DBF were left out",
    ),
    "NETWORK_LINK": (
        "tautan ke berkas lain (NetworkLink) tidak diikuti; bawa berkas itu sendiri",
        "links to other files (NetworkLink) are not followed; bring those files themselves",
    ),
    "FILLED_DOWN": (
        "sel kosong diisi dari sel di atasnya sesuai profil",
        "empty cells took the value above them, as the profile says",
    ),
    "SIGN_LOST": (
        "tanda minus mungkin hilang; usulan: beri tanda minus pada lintangnya (tidak diubah sendiri)",
        "the minus sign may be lost; proposed: put it before the latitude (nothing was changed)",
    ),
    "DECIMALS_LOST": (
        "tanda desimal koordinat hilang (-765123); letaknya tidak bisa dipastikan, ekspor lagi",
        "coordinates lost their decimal sign (-765123); where it belongs is not sure, export again",
    ),
    "DRAGGED": (
        "kolom koordinat tertarik ke bawah (langkah tetap); bukan letak rumah, survei atau ekspor lagi",
        "a coordinate column was dragged down (equal steps): no places of houses; survey or export "
        "again",
    ),
    "LOW_PRECISION": (
        "koordinat hanya dua desimal (sekitar 1 km); dipakai dengan tanda kasar",
        "coordinates of two decimals only (about 1 km); used, and marked as coarse",
    ),
    "NO_PLACE": (
        "koordinat tidak bisa dipakai; baris tetap dimuat tanpa letak",
        "coordinates cannot be used; the rows are loaded without a place",
    ),
}


def words(rule: str, lang: str) -> str:
    """Return what a rule says; a rule without words is a fault of ours."""
    return RULES[rule][0 if lang == "id" else 1]

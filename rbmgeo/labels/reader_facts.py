"""Words of the facts of readers: neutral, each with why it may be nothing."""

READER_FACTS: dict[str, tuple[str, str]] = {
    "reader.terbaca": ("Terbaca", "Read"),
    "reader.tepat_hari": ("Tepat hari", "On the day"),
    "reader.tanpa_akses": ("Tanpa akses", "No access"),
    "reader.kelainan": ("Kode kelainan lain", "Other anomaly codes"),
    "reader.swabaca": ("Stand dari pelanggan", "Told by the customer"),
    "reader.foto_beda": ("Beda dari foto", "Differs from the photo"),
    "reader.cek_beda": ("Beda saat cek lapangan", "Differs at the field check"),
    "reader.of.terbaca": ("dari pelanggan di daftarnya", "of the customers on the list"),
    "reader.of.tepat_hari": (
        "dari yang terbaca dan diketahui tanggalnya (dari log bila ada)",
        "of those read whose dates are known (from the log where there is one)",
    ),
    "reader.of.tanpa_akses": ("dari pelanggan di daftarnya", "of the customers on the list"),
    "reader.of.kelainan": ("dari pelanggan di daftarnya", "of the customers on the list"),
    "reader.of.swabaca": ("dari yang terbaca", "of those read"),
    "reader.of.foto_beda": ("dari foto yang dilihat", "of the photos looked at"),
    "reader.of.cek_beda": ("dari rumah yang dicek", "of the houses checked"),
    "innocent.files_come_later": (
        "rumah kosong, meter di dalam, atau berkas susulan belum diimpor",
        "empty houses, meters inside, or a later file is not imported yet",
    ),
    "innocent.closed_area": (
        "kawasan berpagar, pasar, atau rumah yang memang jarang berpenghuni",
        "fenced areas, markets, or houses that are seldom lived in",
    ),
    "innocent.old_meters": (
        "meter tua di daerah itu; kode yang rajin dicatat juga menaikkannya",
        "old meters in that area; noting codes with care raises it too",
    ),
    "innocent.customers_like_it": (
        "pelanggan boleh mengirim stand sendiri pada tanggal yang ditentukan",
        "customers may send their own stand on the days set for it",
    ),
    "innocent.photo_of_other_moment": (
        "foto dari saat lain, foto kabur, atau stand diperbaiki sesudahnya",
        "a photo of another moment, a blurred one, or the stand was corrected since",
    ),
    "innocent.meter_moved_on": (
        "meter sudah berjalan, meter diganti, atau yang mengecek keliru",
        "the meter ran on, was changed, or the checker was wrong",
    ),
}  # fmt: skip

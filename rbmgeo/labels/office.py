"""Words of the office's side of the field: columns of forms and lists, what was refused and why."""

OFFICE: dict[str, tuple[str, str]] = {
    "visit.column.stop": ("No", "No."),
    "visit.column.idpel": ("IDPEL", "IDPEL"),
    "visit.column.address": ("Alamat", "Address"),
    "visit.column.recorded_meter": ("Nomor meter tercatat", "Recorded meter"),
    "visit.column.recorded_gardu": ("Gardu tercatat", "Recorded gardu"),
    "visit.column.recorded_tiang": ("Tiang tercatat", "Recorded pole"),
    "visit.column.question": ("Yang diperiksa", "To be looked at"),
    "visit.column.due_on": ("Batas waktu", "Due"),
    "visit.column.visited_at": ("Waktu kunjungan", "Visited at"),
    "visit.column.outcome": ("Hasil", "Outcome"),
    "visit.column.officer": ("Petugas", "Officer"),
    "visit.column.place_lon": ("Bujur petugas", "Officer's longitude"),
    "visit.column.place_lat": ("Lintang petugas", "Officer's latitude"),
    "visit.column.place_accuracy_m": ("Akurasi (m)", "Accuracy (m)"),
    "visit.pasca.title": ("Baca ulang pascabayar", "Postpaid reading"),
    "visit.pra.title": ("Pemeriksaan prabayar", "Prepaid check"),
    "visit.informasi.title": ("Penyampaian informasi", "Information"),
    "visit.putus.title": ("Pemutusan sementara", "Disconnection"),
    "visit.sambung.title": ("Penyambungan kembali", "Reconnection"),
    "visit.reason.pilihan": ("dipilih kantor", "chosen by the office"),
    "visit.verdict.berlaku": ("berlaku", "counts"),
    "visit.verdict.ditolak": ("ditolak", "refused"),
    "visit.verdict.dibuka": ("dibuka lagi", "opened again"),
    "visit.effect.masuk": ("sudah diolah", "taken up"),
    "visit.effect.menunggu": ("menunggu", "waits"),
    "map.order_belum": ("belum", "not yet"),
    "map.order_selesai": ("selesai", "done"),
    "map.order_perlu_ulang": ("perlu ulang", "to be visited again"),
    "map.order_konflik": ("konflik", "conflict"),
    "map.order_batal": ("batal", "taken back"),
    "map.order_walk": ("urut kunjungan", "order of visits"),
    "map.order_start": ("awal jalan", "the walk begins"),
    "map.order_end": ("akhir jalan", "the walk ends"),
    # What may be behind a mark without anybody's fault: a fact is no accusation.
    "visit.innocent.tanpa_perintah": (
        "rumah ditemukan di jalan, atau daftarnya dibuat ulang sesudah HP mengambilnya",
        "a house met on the way, or a list made anew after the phone had fetched it",
    ),
    "visit.innocent.perintah_batal": (
        "HP belum sempat menerima pembatalannya",
        "the phone had not yet heard that it was taken back",
    ),
    "visit.innocent.bukan_petugasnya": (
        "petugas saling menggantikan, atau daftar dipindah sesudah HP mengambilnya",
        "officers stood in for each other, or the list was moved after the phone had fetched it",
    ),
    "visit.innocent.terlambat_dikirim": (
        "tidak ada sinyal, atau HP mati beberapa hari",
        "no signal, or the phone was off for some days",
    ),
    "visit.innocent.jam_hp_salah": (
        "jam HP disetel salah; urutan kunjungan perlu dilihat",
        "the phone's clock is set wrong; look at the order of visits",
    ),
    "visit.innocent.akurasi_kasar": (
        "gang sempit, atap, atau cuaca menutupi satelit",
        "a narrow lane, a roof or the weather hid the satellites",
    ),
    "visit.innocent.tanpa_titik": (
        "GPS mati atau belum dapat titik; simpan tidak menunggu titik",
        "GPS was off or had no fix; saving does not wait for one",
    ),
    # What to do next about a record that waits.
    "visit.next.photo": (
        "Tunggu fotonya: HP mengirimnya sendiri bila ada sinyal. Sesudah itu tekan Coba lagi.",
        "Wait for the photo: the phone sends it by itself. Then press Try again.",
    ),
    "visit.next.customer": (
        "Sebutkan pelanggannya di bagian Tanpa pelanggan.",
        "Say whose it is, under Without a customer.",
    ),
    "visit.next.job": (
        "Tunggu sampai pekerjaan ini dikenal produk; catatannya aman.",
        "Wait until the product knows this job; the record is safe.",
    ),
    "visit.next.field": (
        "Hubungi petugasnya; kunjungan yang diperbaiki dikirim sebagai kunjungan baru. "
        "Yang ini lalu ditolak.",
        "Ask the officer; a mended visit is sent as a new one. This one is refused then.",
    ),
}  # fmt: skip

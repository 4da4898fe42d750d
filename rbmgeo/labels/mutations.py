"""Mutasi bulan ini: kinds, reasons in a planner's words, and the next step where none is proposed."""

MUTATIONS: dict[str, tuple[str, str]] = {
    "kindof.baru": ("Pelanggan baru", "New customer"),
    "kindof.belum_di_rbm": ("Belum di RBM mana pun", "On no RBM yet"),
    "kindof.dari_unit": ("Datang dari unit lain", "Came from another unit"),
    "kindof.pindah_unit": ("Pindah ke unit lain", "Moved to another unit"),
    "kindof.hilang": ("Tidak ada lagi di daftar", "No longer on the list"),
    "kindof.ke_pra": ("Beralih ke pra bayar", "Gone prepaid"),
    "kindof.pindah_rbm": ("Pindah RBM menurut daftar", "Other RBM by the list"),
    "kindof.ganti_meter": ("Ganti meter", "Meter changed"),
    "kindof.ubah_tarif": ("Tarif berubah", "Tariff changed"),
    "kindof.ubah_daya": ("Daya berubah", "Power changed"),
    "act.place": ("Masuk RBM", "Put on an RBM"),
    "act.remove": ("Keluar dari RBM", "Taken off its RBM"),
    "act.note": ("Dicatat", "Noted"),
    "mutation.not_before": ("tidak ada di daftar {blth}", "not on the list of {blth}"),
    "mutation.not_now": ("tidak ada di daftar {blth}", "not on the list of {blth}"),
    "mutation.back": ("pernah ada di daftar {blth}", "was on the list of {blth}"),
    "mutation.was_closed": ("di induk tercatat tidak aktif", "not active in the master"),
    "mutation.has_place": ("sudah punya tempat di draf", "has a place in the draft already"),
    "mutation.no_place_left": ("sudah tidak di draf", "not in the draft any more"),
    "mutation.active_there": ("masih aktif di unit {ulp}", "still active in unit {ulp}"),
    "mutation.listed_there": (
        "ada di daftar unit {ulp} bulan {blth}",
        "on the list of unit {ulp} in {blth}",
    ),
    "mutation.still_here": (
        "masih ada juga di daftar unit ini {blth}",
        "still on this unit's list of {blth} as well",
    ),
    "mutation.told_by_unit": (
        "unit {ulp} melihatnya saat membandingkan daftar {blth}",
        "unit {ulp} saw it when it compared the lists of {blth}",
    ),
    "mutation.bought_token": ("membeli token pada {blth}", "bought a token in {blth}"),
    "mutation.master_prepaid": ("induk mencatat pra bayar", "the master says prepaid"),
    "mutation.lists_say": (
        "daftar {before} dan {after} berbeda",
        "the lists of {before} and {after} differ",
    ),
    "mutation.pln_reads": ("di atas {va} VA dibaca PLN", "above {va} VA PLN reads itself"),
    "mutation.vendor_reads": ("sampai {va} VA dibaca vendor", "up to {va} VA the vendor reads"),
    "mutation.stands": (
        "daftar memuat stand cabut {removed} dan pasang {installed}",
        "the list has stands removed {removed} and installed {installed}",
    ),
    "mutation.master_meter": (
        "nomor meter di induk berganti",
        "the master has another meter number",
    ),
    "mutation.on_no_list": (
        "aktif dan dibaca vendor, tetapi di daftar RBM mana pun tidak ada",
        "active and read by the vendor, yet on no RBM list",
    ),
    "mutation.stays": ("di draf sudah di RBM {rbm}", "on RBM {rbm} in the draft already"),
    "mutation.list_rbm": ("daftar menyebut RBM {rbm}", "the list says RBM {rbm}"),
    "mutation.new_rbm": ("RBM itu belum ada di draf", "the draft does not have that RBM yet"),
    "mutation.neighbours_rbm": (
        "{n} dari {k} tetangga terdekat di RBM {rbm} (terdekat {m} m)",
        "{n} of the {k} nearest neighbours on RBM {rbm} (nearest {m} m)",
    ),
    "mutation.neighbours_against": (
        "tetapi {n} dari {k} tetangga terdekat di RBM {rbm} (terdekat {m} m)",
        "but {n} of the {k} nearest neighbours are on RBM {rbm} (nearest {m} m)",
    ),
    "mutation.same_tiang_rbm": (
        "{n} pelanggan di tiang yang sama ada di RBM {rbm}",
        "{n} customers of the same pole are on RBM {rbm}",
    ),
    "mutation.same_deret_rbm": (
        "{n} pelanggan di deret SR yang sama ada di RBM {rbm}",
        "{n} customers of the same service drop are on RBM {rbm}",
    ),
    "mutation.list_kddk": ("KDDK dari daftar: {place}", "KDDK of the list: {place}"),
    "mutation.behind_kddk": (
        "KDDK daftar {place} sudah dipakai; tepat di belakangnya",
        "the list's KDDK {place} is taken; right behind it",
    ),
    "mutation.between": (
        "di antara {before} dan {after}: jalan bertambah {m} m (garis lurus)",
        "between {before} and {after}: the walk grows by {m} m (straight line)",
    ),
    "mutation.at_an_end": (
        "di ujung rute, dekat {beside} ({m} m garis lurus)",
        "at an end of the walk, near {beside} ({m} m, straight line)",
    ),
    "mutation.no_gap": (
        "antara {before} dan {after} tidak ada nomor; sisipan bebas berikutnya {place}",
        "no number is left between {before} and {after}; the next free sisipan is {place}",
    ),
    "mutation.behind_mate": (
        "di belakang tetangga satu tiang atau deret",
        "behind the neighbour of the same pole or drop",
    ),
    "mutation.at_the_end": (
        "tanpa titik: di ujung rute, urut pasti menyusul",
        "no point: at the end of the walk, its true step will follow",
    ),
    "mutation.full": (
        "99 sisipan di {place} sudah terpakai semua",
        "all 99 sisipan at {place} are taken",
    ),
    "mutation.gardu_recorded": (
        "gardu {gardu} tercatat di PDPJ",
        "gardu {gardu} is recorded in PDPJ",
    ),
    "mutation.gardu_listed": ("gardu {gardu} dari daftar", "gardu {gardu} by the list"),
    "mutation.gardu_tiang": (
        "{n} pelanggan di tiang yang sama ada di gardu {gardu}",
        "{n} customers of the same pole are on gardu {gardu}",
    ),
    "mutation.gardu_deret": (
        "{n} pelanggan di deret SR yang sama ada di gardu {gardu}",
        "{n} customers of the same service drop are on gardu {gardu}",
    ),
    "mutation.gardu_neighbours": (
        "{n} dari {k} tetangga terdekat di gardu {gardu} (terdekat {m} m)",
        "{n} of the {k} nearest neighbours on gardu {gardu} (nearest {m} m)",
    ),
    "mutation.gardu_kddk": (
        "tetangga KDDK sebelum dan sesudahnya di gardu {gardu}",
        "its KDDK neighbours before and after are on gardu {gardu}",
    ),
    "mutation.help_point": (
        "Belum bisa diusulkan: tanpa titik dan tanpa RBM di daftar. Masukkan ke survei, atau impor log pembaca.",
        "Cannot be proposed yet: no point, and no RBM on the list. Survey it, or import a reader log.",
    ),
    "mutation.help_far": (
        "Belum bisa diusulkan: tidak ada pelanggan ber-RBM di dekatnya. Periksa titiknya, atau isi RBM di daftar.",
        "Cannot be proposed yet: nobody with an RBM is near. Check its point, or put an RBM on the list.",
    ),
    "mutation.help_full": (
        "Belum bisa diusulkan: sisipan penuh. Urutkan ulang RBM itu di draf (rbmgeo order), lalu hitung lagi.",
        "Cannot be proposed yet: no sisipan is free. Order that RBM anew in the draft (rbmgeo order), then look again.",
    ),
    "mutation.help_gardu": (
        "Gardu belum bisa diusulkan: masukkan ke survei",
        "No gardu can be proposed yet: survey it",
    ),
    "mutation.help_count": (
        "Hitung mutasi unit ini supaya tempatnya diusulkan.",
        "Look at this unit's lists, so that a place is proposed.",
    ),
    "mutation.left_state": ("sudah diputuskan", "decided already"),
}

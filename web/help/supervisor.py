"""Help for the supervisor's main tasks."""

from rbmgeo.terms import Role
from web.help.topic import Topic

ROLES = (Role.PENGAWAS, Role.PERENCANA)
TOPICS = (
    Topic(
        key="energi",
        title=("Energi sebuah gardu", "The energy of a gardu"),
        lead=(
            "kWh terjual per gardu dan per RBM; jumlahnya selalu sama dengan sumber. kWh terjual bukan susut.",
            "kWh sold by gardu and by RBM; the sum always equals the source. kWh sold is not loss.",
        ),
        steps=(
            (
                "Buka [Energi per gardu], pilih bulan dan tampilan per gardu, lalu pilih satu gardu.",
                "Open [Energy per gardu], choose the months and the view by gardu, then choose a gardu.",
            ),
            (
                "Bandingkan dua bulan: setiap sebab (pindah, baru, hilang, pemakaian, tidak terbaca) punya baris, dan jumlahnya tepat.",
                "Compare two months: each cause (moved, new, gone, use, not read) has its row, and they add up exactly.",
            ),
            (
                "Bergaris miring berarti data belum cukup untuk dinilai, bukan nol.",
                "Hatched means that too little is known to judge, not zero.",
            ),
            (
                "Ikuti tautannya sampai ke pelanggan yang paling berubah.",
                "Follow the links down to the customers who changed most.",
            ),
        ),
        picture=(
            "Halaman energi satu gardu: sebab naik turunnya kWh dengan jumlah pelanggan dan kWh",
            "The energy of one gardu: why its kWh rose or fell, with customers and kWh",
        ),
        about=(
            "energy",
            "gardu_energy",
            "energy_map",
            "energy_drill",
            "energy_restated",
            "attention",
        ),
        roles=ROLES,
    ),
    Topic(
        key="pengawasan",
        title=(
            "Mengawasi baca meter dan menutup bulan",
            "Supervising the reading and closing a month",
        ),
        lead=(
            "Pertanyaan, fakta, dan ringkasan satu bulan. Tidak ada peringkat pembaca, dan orang yang memutuskan.",
            "Questions, facts and the summary of one month. Readers have no rank, and a person decides.",
        ),
        steps=(
            (
                "[Konsistensi] bertanya tentang hari, jam, dan tempat baca; jawab dengan apa yang didapat. [Meja stand] memutuskan stand yang janggal.",
                "[Consistency] asks about days, hours and places of reading; answer with what was found out. [Stand desk] decides odd stands.",
            ),
            (
                "[Fakta pembaca] menunjukkan bagian tiap petugas dengan dari berapa dan selangnya. Pilih satu petugas untuk melihat tahunnya.",
                "[Facts of readers] shows each officer's shares with what they are of and their interval. Choose one officer to see his year.",
            ),
            (
                "[Ringkasan & tanda tangan]: baca kalimatnya, buka barisnya bila ragu, tulis nama dan jabatan, lalu tanda tangani.",
                "[Summary & signature]: read the sentences, open the rows where in doubt, write name and position, then sign.",
            ),
            (
                "Cetak PDF, tanda tangani kertasnya, lalu [Unggah dan tutup bulan]. Sesudah itu ringkasannya tetap; yang berubah tampil di sampingnya.",
                "Print the PDF, sign the paper, then [Upload and close the month]. The summary stays as it is then; what changes stands beside it.",
            ),
        ),
        picture=(
            "Ringkasan bulan: kalimat dengan tombol ke barisnya, dan tempat tanda tangan",
            "The summary of the month: sentences with a button to their rows, and the place to sign",
        ),
        about=(
            "stands",
            "photo_test",
            "consistency",
            "reader_facts",
            "supervision_settings",
            "month_summary",
            "trial_report",
        ),
        roles=ROLES,
    ),
    Topic(
        key="uji-petik",
        title=("Uji petik stand", "Sampling of stands"),
        lead=(
            "Mulai dari jumlah cek yang sanggup dilakukan sebulan; halaman mengatakan apa yang didapat dan RBM mana yang giliran.",
            "Start from the checks that a month allows; the page says what they buy and which RBM are due.",
        ),
        steps=(
            (
                "Di [Meja stand], buka [Uji petik]. Isi jumlah cek foto dan cek lapangan, lalu [Hitung].",
                "At [Stand desk], open [Sampling]. Fill in the photo checks and field checks, then [Work out].",
            ),
            (
                "Umumkan benihnya, pilih cara dan lot, lalu [Undi]. Siapa pun dapat mengundi ulang daftar yang sama.",
                "Say the seed, choose how to check and the lot, then [Draw]. Anybody can draw the same list again.",
            ),
            (
                "Cek tanpa melihat stand tercatat: [Buat daftar kerja] untuk HP, atau cetak [Lembar sampel (PDF)] dan isi hasilnya. Rumah tutup hanya diganti dari cadangan, berurutan.",
                "Check without seeing the recorded stand: [Make a work list] for phones, or print the [Sample sheet (PDF)] and enter what was read. A closed house is replaced from the reserve only, in order.",
            ),
            (
                "Hasilnya bagian yang beda dengan rentangnya. Lot dengan rencana ISO 2859-1 diputus dengan [Tutup lot] sesudah seluruh sampel terbaca.",
                "The result is the share that differs, with its interval. A lot with a plan of ISO 2859-1 is decided by [Close the lot] once its whole sample is read.",
            ),
        ),
        picture=(
            "Halaman Uji petik stand: anggaran cek, yang didapat, dan giliran RBM",
            "The page Sampling of stands: the budget of checks, what it buys, and the turns of RBM",
        ),
        about=("sampling", "stand_samples"),
        roles=ROLES,
    ),
    Topic(
        key="usulan",
        title=("Menyetujui usulan", "Approving proposals"),
        lead=(
            "Usulan mengubah satu isian satu pelanggan, misalnya gardunya. Yang mengusulkan tidak boleh menyetujui usulannya sendiri.",
            "A proposal changes one field of one customer, for example its gardu. Nobody may approve their own proposal.",
        ),
        steps=(
            (
                "Buka [Verifikasi]. Tiap baris menunjukkan sebelum, sesudah, siapa yang mengusulkan, dan jawaban lapangannya.",
                "Open [Verification]. Each row shows before, after, who proposed it, and the answer from the field.",
            ),
            (
                "[Setujui] atau [Tolak]; alasan boleh ditulis.",
                "[Approve] or [Reject]; a reason may be written.",
            ),
            (
                "Keliru? Di daftar yang sudah diputuskan, [Urungkan] mengembalikan isian semula.",
                "A mistake? In the list of those decided, [Undo] puts the field back.",
            ),
        ),
        picture=(
            "Halaman Verifikasi: usulan dengan sebelum dan sesudah, tombol Setujui dan Tolak",
            "The page Verification: proposals with before and after, the buttons Approve and Reject",
        ),
        about=("survey.proposals",),
        roles=ROLES,
        keys=(
            "Tab ke tombol baris, Enter menekannya.",
            "Tab to a row's button, Enter presses it.",
        ),
    ),
    Topic(
        key="verifikasi-gardu",
        title=("Memverifikasi gardu", "Verifying a gardu"),
        lead=(
            "Gardu yang pelanggannya berubah dilihat lagi di tempat lewat sampel kecil yang diundi.",
            "A gardu whose customers were changed is looked at again on the spot, by a small drawn sample.",
        ),
        steps=(
            (
                "Buka [Verifikasi], lalu [Verifikasi gardu]. Sebutkan benihnya di grup, lalu [Undi].",
                "Open [Verification], then [Gardu to verify]. Say the seed in the group, then [Draw].",
            ),
            (
                "Bagikan daftar surveinya, atau cetak lembarnya. Rumah yang tidak ketemu diganti cadangan menurut urutan.",
                "Hand out its survey list, or print its sheet. A house not found is replaced from the reserve, in order.",
            ),
            (
                "Satu jawaban beda belum berlaku: minta lihat kedua, oleh orang lain dengan foto saluran.",
                "One answer that differs does not count yet: ask for a second look, by another person with a photo of the line.",
            ),
            (
                "Sesudah satu kesalahan pasti: tiang sekitar dan sampel baru. Sesudah dua: seluruh gardu kembali ke survei.",
                "After one confirmed error: the poles around and a fresh sample. After two: the whole gardu goes back to the survey.",
            ),
            (
                "Hasilnya ada di kartu gardu dan di berita acara RBM.",
                "The result stands on the card of the gardu and in the deed of the RBM.",
            ),
        ),
        picture=(
            "Halaman verifikasi gardu: gardu yang berubah, benih, dan tombol Undi",
            "The page of gardu to verify: those changed, the seed, and the button Draw",
        ),
        about=("verification",),
        roles=ROLES,
    ),
    Topic(
        key="peta-unit",
        title=("Peta seluruh unit", "The map of the whole unit"),
        lead=(
            "Dari jauh: jumlah per petak. Dari dekat: setiap rumah dengan keadaannya. Jumlahnya selalu sama dengan tabel di bawah peta.",
            "From afar: counts by cell. Near: each house with its state. The counts always equal the table below the map.",
        ),
        steps=(
            (
                "Buka [Peta], lalu peta seluruh unit. Perbesar dengan tombol + atau roda tetikus.",
                "Open [Map], then the map of the whole unit. Zoom with the button + or the wheel.",
            ),
            (
                "Klik rumah untuk kartunya, klik petak untuk mendekat.",
                "Click a house for its card, click a cell to come nearer.",
            ),
            (
                "Cari atau tempel beberapa IDPEL, meter, gardu, atau RBM sekaligus; tiap hasil punya tautan ke halamannya.",
                "Search or paste several IDPEL, meters, gardu or RBM at once; each result has a link to its page.",
            ),
            (
                "Keadaan disembunyikan dengan centang di legenda.",
                "States are hidden by the ticks of the legend.",
            ),
        ),
        picture=(
            "Peta seluruh unit: titik rumah menurut keadaan, gardu, jalan, dan legenda dengan jumlah",
            "The map of the whole unit: houses by state, gardu, streets, and the legend with counts",
        ),
        about=("unit_map", "maps.page", "base_maps"),
        roles=ROLES,
        keys=(
            "Peta: panah menggeser, + dan − memperbesar dan memperkecil. Pelanggan dibuka tanpa tetikus lewat kotak cari.",
            "Map: arrows move it, + and − zoom. A customer is opened without a mouse through the search box.",
        ),
    ),
    Topic(
        key="tinjauan",
        title=("Meninjau draf RBM", "Reviewing a draft of RBM"),
        lead=(
            "Draf yang diajukan perencana ditinjau orang lain sebelum terbit.",
            "A draft that a planner hands in is reviewed by another person before it is published.",
        ),
        steps=(
            (
                "Di [Rute], buka draf yang menunggu, lalu [Beda]: dua keadaan di satu peta, RBM demi RBM, pelanggan demi pelanggan.",
                "At [Routes], open the draft that waits, then the [Differences]: two states on one map, RBM by RBM, customer by customer.",
            ),
            (
                "[Setujui], atau [Kembalikan] dengan alasan.",
                "[Approve], or [Send back] with a reason.",
            ),
        ),
        picture=(
            "Halaman Beda: RBM yang berubah, peta dua keadaan, dan daftar pelanggan",
            "The page Differences: RBM that changed, a map of both states, and the customers",
        ),
        about=("change_sets.differ", "change_sets.one_edit", "routes.one"),
        roles=ROLES,
    ),
)

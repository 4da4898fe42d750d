"""Help for the planner's main tasks, in the order of SOP IV."""

from rbmgeo.terms import Role
from web.help.topic import Topic

ROLES = (Role.PERENCANA,)
TOPICS = (
    Topic(
        key="impor",
        title=("Memasukkan berkas", "Taking files in"),
        lead=(
            "Berkas AP2T, CATER, PDPJ, dan peta dimasukkan sebagaimana adanya. Belum ada yang dimuat sebelum Anda melihatnya, dan setiap baris dihitung.",
            "Files of AP2T, CATER, PDPJ and maps come in as they are. Nothing is loaded before you have seen it, and every row is accounted for.",
        ),
        steps=(
            (
                "Di [Impor], tekan [Pilih berkas] atau [Pilih folder], lalu [Lihat isinya].",
                "At [Import], press [Choose files] or [Choose a folder], then [See what they hold].",
            ),
            (
                "Jawab pertanyaan per kelompok berkas: jenis dan bulannya benar, atau tekan [Atur kolom] untuk menunjuk kolomnya sendiri. Jawaban diingat untuk bulan depan.",
                "Answer one question a group of files: kind and month are right, or press [Set columns] to point out the columns yourself. The answer is remembered for next month.",
            ),
            (
                "Periksa: baris yang salah disebut dengan aturan dan perbaikannya. Tidak ada yang diperbaiki diam-diam.",
                "Check: rows that are wrong are named with their rule and remedy. Nothing is corrected in silence.",
            ),
            (
                "Muat semua, atau yang baik saja; yang ditolak bisa diunduh, diperbaiki, dan dimasukkan lagi.",
                "Load all, or the good rows; what was refused can be downloaded, mended and taken in again.",
            ),
            (
                "Salah berkas? Buka [Berkas masuk], pilih berkasnya, dan urungkan seluruhnya.",
                "The wrong file? Open [Files taken in], choose it and undo it as a whole.",
            ),
        ),
        picture=(
            "Halaman Impor: kotak untuk meletakkan berkas, tombol Pilih berkas, Pilih folder, dan Lihat isinya",
            "The page Import: a box to drop files, the buttons Choose files, Choose a folder and See what they hold",
        ),
        about=("imports", "wizard", "batches"),
        roles=ROLES,
    ),
    Topic(
        key="mutasi",
        title=("Mutasi bulan ini", "Changes of the month"),
        lead=(
            "Yang baru, hilang, dan berubah terhadap daftar bulan lalu, masing-masing dengan usulan tempatnya di RBM.",
            "What is new, gone and changed against last month's list, each with a proposed place on an RBM.",
        ),
        steps=(
            (
                "Buka [Mutasi] dan tekan [Hitung mutasi] setelah DPM bulan ini masuk.",
                "Open [Changes] and press [Look for changes] once this month's DPM is in.",
            ),
            (
                "Lihat baris demi baris: tetangga, jarak, dan nomor urut yang diusulkan.",
                "Look row by row: neighbours, distance, and the proposed position.",
            ),
            (
                "[Terima] menaruhnya di draf, [Abaikan] meninggalkannya dengan alasan. Yang yakin diterima sekaligus per jenis.",
                "[Accept] puts it into the draft, [Dismiss] leaves it with a reason. The certain ones are accepted at once, kind by kind.",
            ),
            (
                "Terlanjur? [Urungkan] mengembalikan baris itu.",
                "Too soon? [Undo] puts that row back.",
            ),
        ),
        picture=(
            "Halaman Mutasi: daftar pelanggan baru dengan RBM dan nomor urut yang diusulkan, tombol Terima dan Abaikan",
            "The page Changes: new customers with the proposed RBM and position, the buttons Accept and Dismiss",
        ),
        about=("mutations", "events", "event_map"),
        roles=ROLES,
        keys=(
            "Panah atas dan bawah memilih baris, Enter menekan tombol baris itu.",
            "Arrow up and down choose a row, Enter presses its button.",
        ),
    ),
    Topic(
        key="temuan",
        title=("Memutuskan temuan", "Deciding findings"),
        lead=(
            "Temuan adalah pelanggan yang catatan gardunya diragukan, atau yang hanya ada di satu daftar. Mesin menunjukkan bukti; Anda yang memutuskan.",
            "A finding is a customer whose recorded gardu is doubted, or who is on one list only. The machine shows evidence; you decide.",
        ),
        steps=(
            (
                "Tekan [Cocokkan] di [Pencocokan] setelah DPM dan PDPJ masuk.",
                "Press [Match] at [Matching] once DPM and PDPJ are in.",
            ),
            (
                "Saring menurut jenis, RBM, atau gardu. Kolom alasan menyebut sebab, persen menyebut seberapa yakin.",
                "Filter by kind, RBM or gardu. The reason is named, the percentage says how sure.",
            ),
            (
                "Buka pelanggan untuk melihat rumahnya di antara tetangga, lalu putuskan: [Catatan benar], atau [Usulkan gardu usulan].",
                "Open a customer to see the house among its neighbours, then decide: [The record is right], or [Propose the other gardu].",
            ),
            (
                "Yang tidak bisa diputuskan dari meja masuk survei.",
                "What cannot be decided at the desk goes to the survey.",
            ),
        ),
        picture=(
            "Halaman Temuan: daftar pelanggan dengan gardu tercatat, gardu usulan, persen, dan alasan",
            "The page Findings: customers with the recorded gardu, the proposed one, a percentage and the reason",
        ),
        about=("findings", "customers"),
        roles=ROLES,
    ),
    Topic(
        key="survei",
        title=("Membuat rencana survei", "Making a survey plan"),
        lead=(
            "Rencana memilih rumah yang paling banyak membawa koreksi per kilometer, lalu membaginya ke surveyor dan hari.",
            "The plan chooses the houses that bring most corrections a kilometre and divides them among surveyors and days.",
        ),
        steps=(
            (
                "Di [Survei], isi jumlah kunjungan, surveyor, dan hari, lalu tekan [Buat rencana].",
                "At [Survey], fill in visits, surveyors and days, then press [Make the plan].",
            ),
            (
                "Buka daftar tiap surveyor: urut jalan kaki, dengan pertanyaan di tiap rumah. Cetak, Excel, GPX, atau di telepon.",
                "Open the list of each surveyor: in walking order, with a question at each house. Print, Excel, GPX, or on the phone.",
            ),
            (
                "Jawaban yang bertentangan muncul tersendiri, dengan fotonya.",
                "Answers that contradict each other come apart, with their photo.",
            ),
        ),
        picture=(
            "Halaman Survei: isian rencana di kanan, daftar per surveyor dan hari di kiri",
            "The page Survey: the plan's form at the right, lists by surveyor and day at the left",
        ),
        about=("survey.page", "survey.file", "looks"),
        roles=ROLES,
    ),
    Topic(
        key="jadwal",
        title=("Jadwal dan surat tugas", "Schedule and letters of assignment"),
        lead=(
            "SOP IV.2: gardu yang disurvei tiap petugas tiap hari, target dan realisasinya.",
            "SOP IV.2: the gardu that each officer surveys each day, target and realised.",
        ),
        steps=(
            (
                "Buka [Jadwal & target], lalu jadwal pemutakhiran; sebutkan petugas, hari mulai, dan rumah per hari, tekan [Buat usulan].",
                "Open [Schedule & target], then the schedule of the updating; name officers, first day and houses a day, press [Make the proposal].",
            ),
            (
                "Geser satu baris ke petugas atau tanggal lain dengan [Ubah].",
                "Move a line to another officer or date with [Change].",
            ),
            (
                "Tekan [Terbitkan surat tugas]. Nomornya berurut; dicetak ulang, suratnya tetap sama.",
                "Press [Issue the letter]. Numbers run on; printed again the letter is the same.",
            ),
        ),
        picture=(
            "Halaman jadwal pemutakhiran: gardu dengan keadaan, target, dan kemajuan; di kanan isian usulan dan surat tugas",
            "The schedule of the updating: gardu with state, target and progress; at the right the forms of proposal and letter",
        ),
        about=("schedule", "letters", "reading", "reading_calendar", "routes.targets"),
        roles=ROLES,
    ),
    Topic(
        key="rencana-rute",
        title=("Menyusun rute baru", "Designing new routes"),
        lead=(
            "Rencana rute menunjukkan beberapa pilihan: yang paling sedikit berubah, yang paling seimbang, dan yang paling pendek.",
            "Plans of routes show several choices: fewest changes, most even, and the shortest walk.",
        ),
        steps=(
            (
                "Di [Rute], buka rencana rute dan isi batas: pelanggan yang boleh pindah hari atau petugas, RBM dan gardu yang dikunci.",
                "At [Routes], open the plans and fill in limits: customers that may change day or officer, RBM and gardu that are locked.",
            ),
            (
                "Tekan [Hitung rencana]; ini pekerjaan yang berjalan di belakang.",
                "Press [Compute plans]; it is a job that runs behind.",
            ),
            (
                "Bandingkan menit, km, dan jumlah yang pindah, lalu [Jadikan draf].",
                "Compare minutes, km and how many change, then press [Make it a draft].",
            ),
        ),
        picture=(
            "Halaman rencana rute: tiap pilihan dengan menit terbanyak, km, dan jumlah pelanggan yang pindah",
            "The plans of routes: each choice with most minutes, km and how many customers change",
        ),
        about=("plans", "routes.page", "routes.apart", "route_settings"),
        roles=ROLES,
    ),
    Topic(
        key="meja-kerja",
        title=("Mengubah RBM di meja kerja", "Changing RBM on the workbench"),
        lead=(
            "Meja kerja mengubah draf, bukan rute yang berlaku. Setiap perubahan tersimpan saat itu juga dan bisa diurungkan, juga besok.",
            "The workbench changes a draft, not the routes in force. Every change is kept at once and can be undone, tomorrow too.",
        ),
        steps=(
            (
                "Di [Rute], tekan [Meja kerja]. Cari RBM di daftar kiri dan tekan kodenya; rumahnya tergambar dan urutannya terdaftar di bawah.",
                "At [Routes], press [Workbench]. Find an RBM in the list at the left and press its code; its houses are drawn and their order is listed below.",
            ),
            (
                "Pilih rumah: centang di daftar urutan, tempel IDPEL, atau gambar dengan [Laso].",
                "Choose houses: tick them in the list, paste IDPEL, or draw with the [Lasso].",
            ),
            (
                "Pilih RBM tujuan dan tempatnya, lalu pindahkan. Akibatnya (menit, km, jumlah) langsung disebut.",
                "Choose the RBM they go to and the place, then move them. What it costs (minutes, km, counts) is said at once.",
            ),
            (
                "[Urungkan] dan [Ulangi] berjalan langkah demi langkah.",
                "[Undo] and [Redo] go step by step.",
            ),
            (
                "Selesai? Lihat [Beda], lalu [Ajukan tinjauan]. Orang lain yang menyetujui, setelah itu diterbitkan mulai bulan yang dipilih.",
                "Done? Look at the [Differences], then [Submit for review]. Another person approves; then it is published from a month on.",
            ),
        ),
        picture=(
            "Meja kerja: daftar RBM di kiri, peta RBM yang dibuka di kanan, di bawahnya isian pindah",
            "The workbench: the list of RBM at the left, the map of the open RBM at the right, the move form below it",
        ),
        about=("workbench", "change_sets", "routes"),
        roles=ROLES,
        keys=(
            "Di daftar urutan: ketik nomor untuk memindah ke urutan itu, Alt+↑ dan Alt+↓ memindah satu tempat. Ctrl+Z mengurungkan, Ctrl+Y mengulangi.",
            "In the list: type a number to move to that place, Alt+↑ and Alt+↓ move by one. Ctrl+Z undoes, Ctrl+Y does it again.",
        ),
    ),
    Topic(
        key="serah-terima",
        title=("Serah terima dan berita acara", "Hand-over and deeds"),
        lead=(
            "SOP IV.7: versi yang terbit diserahkan sebagai berkas CATER dan AP2T, dengan berita acara per RBM.",
            "SOP IV.7: the published version is handed over as files for CATER and AP2T, with a deed for each RBM.",
        ),
        steps=(
            (
                "Di [Serah terima], tekan [Serahkan ke CATER] atau [Serahkan ke AP2T]. Berkas yang sama selalu sama isinya.",
                "At [Hand-over], press [Hand to CATER] or [Hand to AP2T]. The same version always gives the same bytes.",
            ),
            (
                "Bulan berikutnya, periksa apakah daftar yang kembali sama dengan yang diserahkan.",
                "Next month, check whether the list that came back is the one that was handed over.",
            ),
            (
                "Di [Berita acara], tekan [Terbitkan berita acara]; cetak, tanda tangani, lalu unggah pindaiannya. Setelah itu berita acara tertutup.",
                "At [Deeds], press [Issue the deeds]; print, sign, and upload the scan. Then the deed is closed.",
            ),
        ),
        picture=(
            "Halaman Serah terima: berkas yang sudah diserahkan dan tombol Serahkan ke CATER dan AP2T",
            "The page Hand-over: what was handed over and the buttons for CATER and AP2T",
        ),
        about=("handoff", "deeds", "routes.handover"),
        roles=ROLES,
    ),
    Topic(
        key="cetak",
        title=("Mencetak Peta RBM dan Peta Gardu", "Printing maps of RBM and gardu"),
        lead=(
            "Lembar A3 seperti lampiran SOP: jalan, rumah dengan nomor urut, gardu, arah baca, dan daftar pelanggan di halaman berikutnya.",
            "A3 sheets like the appendix of the SOP: streets, houses with their position, gardu, direction, and the customers on the pages that follow.",
        ),
        steps=(
            (
                "Buka peta RBM atau gardu dari [Peta], lalu unduh lembarnya sebagai PDF.",
                "Open the map of an RBM or gardu from [Map], then download its sheet as PDF.",
            ),
            (
                "Semua sekaligus: di lembar cetak, [Cetak semua Peta RBM]. Satu PDF dengan penanda halaman per RBM.",
                "All at once: at the printed sheets, [Print every Peta RBM]. One PDF with a bookmark for each RBM.",
            ),
            (
                "Lapisan peta (GeoPackage, GeoJSON, KML) ada di lapisan peta, juga langsung untuk QGIS dan ArcGIS.",
                "Layers (GeoPackage, GeoJSON, KML) are at the map layers, and straight into QGIS and ArcGIS.",
            ),
        ),
        picture=(
            "Halaman lembar cetak: tombol untuk semua Peta RBM dan semua Peta Gardu, dan berkas yang sudah dibuat",
            "The printed sheets: buttons for every map of RBM and of gardu, and the files made so far",
        ),
        about=(
            "sheets",
            "layers",
            "maps",
            "papers",
            "tables",
            "document_settings",
        ),
        roles=(Role.PERENCANA, Role.PENGAWAS),
    ),
)

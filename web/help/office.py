"""Help for work lists of the field: making them, following them, deciding what came back unclear."""

from rbmgeo.terms import Role
from web.help.topic import Topic

TOPICS = (
    Topic(
        key="daftar-kerja",
        title=("Membuat dan mengikuti daftar kerja", "Making and following work lists"),
        lead=(
            "Satu daftar untuk satu petugas, urut jalan kaki. Anda melihat sejauh mana tiap daftar, tanpa menunggu laporan.",
            "One list for one officer, in walking order. You see how far each list is without waiting for a report.",
        ),
        steps=(
            (
                "Di [Daftar kerja], tekan [Buat daftar]: dari rencana survei, dari rumah yang dilihat kedua kali, atau dari pelanggan yang Anda pilih.",
                "At [Work lists], press [Make lists]: from the survey plan, from houses to be looked at again, or from customers of your choice.",
            ),
            (
                "Petugas mengambilnya dengan HP. Tanpa HP atau server: buka daftarnya, unduh [Lembar PDF] dan [Formulir Excel], lalu kirim lewat pesan.",
                "The officer fetches it with a phone. Without a phone or server: open the list, download the [PDF sheet] and the [Excel form], and send them by message.",
            ),
            (
                "Petugas berhalangan? Pilih rumahnya atau semuanya, lalu [Pindahkan]. Yang sudah selesai tetap atas nama petugas pertama.",
                "An officer cannot go? Choose houses, or all, and press [Move]. What is done stays with the first officer.",
            ),
            (
                "Perintah yang tidak perlu lagi: tulis alasannya, lalu [Batalkan]. Tidak ada yang dihapus; [Berlakukan lagi] mengurungkannya.",
                "Orders that are not needed any more: write why and press [Take back]. Nothing is deleted; [Let stand again] undoes it.",
            ),
            (
                "Yang lewat batas waktu ada di [Terlambat].",
                "What is past due is at [Late].",
            ),
        ),
        picture=(
            "Halaman Daftar kerja: peta rumah menurut keadaannya, lalu tabel per petugas dan per daftar",
            "The page Work lists: a map of the houses by state, then the tables per officer and per list",
        ),
        about=("visit_lists", "visit_make"),
        roles=(Role.PERENCANA, Role.PENGAWAS),
    ),
    Topic(
        key="kiriman",
        title=(
            "Kiriman lapangan yang perlu diputuskan",
            "What the field sent and is to be decided",
        ),
        lead=(
            "Semua kiriman disimpan apa adanya. Yang bertentangan, tanpa pelanggan, atau belum lengkap menunggu keputusan orang.",
            "Everything sent is kept as it came. What contradicts, is nobody's or is not complete waits for a person's decision.",
        ),
        steps=(
            (
                "Buka [Perlu diputuskan]. Dua isi untuk satu kunjungan tampil berdampingan: pilih [Isi ini yang berlaku] atau [Tolak].",
                "Open [To be decided]. Two contents of one visit stand side by side: choose [This content counts] or [Refuse].",
            ),
            (
                "Tanpa pelanggan: ketik IDPEL atau nomor meternya, lalu [Ini pelanggannya].",
                "Without a customer: type the IDPEL or meter number and press [This is the customer].",
            ),
            (
                "Belum bisa diolah: sebab dan langkah berikutnya tertulis. Sesudah fotonya sampai, tekan [Coba lagi].",
                "Cannot be taken up yet: why, and what to do, is written there. Once the photo is here, press [Try again].",
            ),
            (
                "Bukti kunjungan menunjukkan isi, foto, tempat, dan jamnya. Tanda di sana fakta, bukan tuduhan.",
                "The evidence of a visit shows what was said, photos, place and time. Marks there are facts, no accusation.",
            ),
            (
                "Salah memutuskan? Tekan [Urungkan]; putusan lama tetap tercatat.",
                "Decided wrongly? Press [Undo]; the former decision stays on record.",
            ),
        ),
        picture=(
            "Halaman Perlu diputuskan: pilihan jenis, dan satu kunjungan dengan dua isi berdampingan",
            "The page To be decided: the kinds, and one visit with two contents side by side",
        ),
        about=("visit_reviews", "visit_records"),
        roles=(Role.PERENCANA, Role.PENGAWAS),
    ),
    Topic(
        key="formulir-kunjungan",
        title=("Bekerja dengan formulir, tanpa server", "Working with a form, without a server"),
        lead=(
            "Bila HP tidak bisa menjangkau server, daftar dibawa sebagai lembar dan formulir Excel; isinya dimuat belakangan, cukup sekali.",
            "Where no phone reaches the server, the list goes along as a sheet and an Excel form; what is filled in is taken in later, and counts once.",
        ),
        steps=(
            (
                "Terima formulirnya lewat pesan, atau unduh di [Lapangan]. Isi kolom kuning, satu baris per rumah yang Anda kunjungi.",
                "Get the form by message, or download it at [Field]. Fill in the yellow columns, one row a house that you visited.",
            ),
            (
                "Hasil dipilih dari daftar di selnya; waktu ditulis seperti 2026-11-26 09:30. Rumah yang belum dikunjungi dibiarkan kosong.",
                "Choose the outcome from the list in its cell; write the time like 2026-11-26 09:30. Leave houses not visited yet empty.",
            ),
            (
                "Kirim berkasnya kembali, atau muat sendiri di [Muat formulir].",
                "Send the file back, or take it in yourself at [Take forms in].",
            ),
            (
                "Ada kesalahan? Baris dan perbaikannya disebut, dan belum ada yang dimuat. Perbaiki, lalu kirim lagi.",
                "A fault? Its row and remedy are named, and nothing was taken in. Mend it and send it again.",
            ),
        ),
        picture=(
            "Halaman Muat formulir kunjungan: pilihan berkas dan empat langkahnya",
            "The page for taking visit forms in: the choice of files and its four steps",
        ),
        about=("visit_returns",),
        roles=(Role.SURVEYOR, Role.PERENCANA),
        phone=True,
    ),
    Topic(
        key="rbm-saya",
        title=("RBM yang ditugaskan ke vendor", "RBM assigned to a vendor"),
        lead=(
            "Koordinator vendor melihat RBM yang ditugaskan kepadanya: peta, pelanggan, lembar cetak, kemajuan baca.",
            "A vendor's coordinator sees the RBM assigned: map, customers, printed sheet, progress of reading.",
        ),
        steps=(
            (
                "Administrator memberi peran koordinator vendor; perencana memilih RBM-nya di [RBM vendor], lalu [Tugaskan].",
                "The administrator gives the role vendor coordinator; the planner chooses the RBM at [RBM of vendors], then [Assign].",
            ),
            (
                "Koordinator membuka [RBM saya], lalu kode RBM: peta dan pelanggan menurut urut baca.",
                "The coordinator opens [My RBM], then an RBM's code: map and customers in reading order.",
            ),
            (
                "Penugasan berakhir dengan [Cabut]; riwayatnya tetap ada.",
                "An assignment ends with [Take back]; its history stays.",
            ),
        ),
        picture=(
            "Halaman RBM saya: tiap RBM dengan jumlah pelanggan dan yang sudah terbaca",
            "The page My RBM: each RBM with its customers and how many are read",
        ),
        about=("vendor", "vendor_office"),
        roles=(Role.VENDOR, Role.PERENCANA),
    ),
)

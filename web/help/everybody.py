"""Help for everybody who works with the pages."""

from rbmgeo.terms import Role
from web.help.topic import Topic

TOPICS = (
    Topic(
        key="mulai",
        title=("Mengenal layar", "Finding your way"),
        lead=(
            "Semua pekerjaan dimulai dari [Bulan ini]: delapan langkah SOP IV, apa yang belum, dan siapa yang mengerjakannya.",
            "All work begins at [This month]: the eight steps of SOP IV, what is missing, and whose turn it is.",
        ),
        steps=(
            (
                "Pilih ULP dan bulan di atas. Bulan mengganti data, halamannya tetap.",
                "Choose the ULP and the month at the top. The month changes the data, the page stays.",
            ),
            (
                "Buka langkah dari menu kiri atau dari tombol di baris langkah itu. Di telepon, menu ada di balik tombol [Menu].",
                "Open a step from the menu at the left or by the button in its row. On a phone the menu is behind the button [Menu].",
            ),
            (
                "Cari pelanggan, meter, gardu, atau RBM di kotak atas; nomor yang diketik tidak masuk ke alamat halaman.",
                "Search a customer, meter, gardu or RBM in the box at the top; the number you type never enters the page's address.",
            ),
            (
                "Pekerjaan yang lama berjalan di belakang dan terlihat di [Pekerjaan]; halaman boleh ditinggal.",
                "Long work runs behind and is seen at [Jobs]; you may leave the page.",
            ),
            (
                "Bahasa, tampilan gelap, dan kata sandi ada di bawah nama Anda di kanan atas. [Sesi saya] menunjukkan di mana Anda masih masuk.",
                "Language, the dark look and your password are under your name at the top right. [My sessions] shows where you are still logged in.",
            ),
        ),
        picture=(
            "Halaman Bulan ini: jalur delapan langkah, di bawahnya tabel dengan keadaan, yang belum, dan tombol tiap langkah",
            "The page This month: the route of eight steps, below it a table with state, what is missing and a button for each step",
        ),
        about=("board", "front", "account", "search", "reports", "first", "evaluation"),
        keys=(
            "Tab berpindah maju, Shift+Tab mundur, Enter menekan. Tab pertama menawarkan [Langsung ke isi]. Di daftar bulan: panah memilih, Enter membuka.",
            "Tab goes on, Shift+Tab back, Enter presses. The first Tab offers [Skip to content]. In the list of months: arrows choose, Enter opens.",
        ),
    ),
    Topic(
        key="pekerjaan",
        title=("Pekerjaan yang disisihkan, dan cadangan", "Jobs set aside, and backups"),
        lead=(
            "Listrik padam atau mesin mati tidak menghilangkan pekerjaan: dimulai lagi sendiri, dan yang terus gagal menunggu keputusan Anda.",
            "A power cut or a machine that dies loses no job: it begins again by itself, and what goes on failing waits for your decision.",
        ),
        steps=(
            (
                "Buka [Pekerjaan]. Yang sudah dicoba tiga kali, atau rusak karena program, ada di [Disisihkan, perlu keputusan] dengan sebabnya. Pekerjaan lain tetap jalan.",
                "Open [Jobs]. What was tried three times, or broken by the program, is at [Set aside, to be decided] with its cause. Other jobs go on.",
            ),
            (
                "Bereskan sebabnya (misalnya disk penuh), lalu [Coba lagi]. Tidak ada yang dikerjakan dua kali.",
                "Mend the cause (a full disk, say) and press [Try again]. Nothing is done twice.",
            ),
            (
                "Tidak perlu lagi: [Buang]. Catatan siapa dan kapan tetap ada.",
                "Not needed any more: [Drop]. The record of who and when stays.",
            ),
            (
                "Cadangan dibuat tiap malam bila administrator memasang disk kedua (RBMGEO_BACKUP_TO). Lewat dua hari tanpa cadangan, setiap halaman memberi tahu administrator.",
                "A backup is made every night where the administrator set a second disk (RBMGEO_BACKUP_TO). After two days without one every page tells the administrator.",
            ),
            (
                "Setelah versi baru dipasang, administrator menjalankan rbmgeo upgrade: cadangan dulu, lalu migrasi. Program menolak menyala di atas data versi lama.",
                "After a new version is installed the administrator runs rbmgeo upgrade: a backup first, then the migration. The program refuses to start on data of an older version.",
            ),
        ),
        picture=(
            "Halaman Pekerjaan: semua pekerjaan dengan keadaan, peminta, dan waktunya; yang disisihkan di atas, bila ada",
            "The page Jobs: all jobs with their state, who asked and when; those set aside on top, if any",
        ),
        about=("jobs",),
    ),
    Topic(
        key="pengguna",
        title=("Pengguna dan peran", "Users and roles"),
        lead=(
            "Setiap orang memakai nama dan sandinya sendiri; peran diberikan per ULP.",
            "Everybody has a name and password of their own; roles are given unit by unit.",
        ),
        steps=(
            (
                "Isi nama, sandi awal, ULP, dan peran, lalu tekan [Tambah].",
                "Fill in name, first password, ULP and role, then press [Add].",
            ),
            (
                "Peran lain di ULP lain: [Beri]. Peran yang tidak dipakai lagi: [Cabut].",
                "Another role in another unit: [Give]. A role that is no longer used: [Take].",
            ),
            (
                "Banyak orang sekaligus: [Akun dari Excel]. Unduh templat, isi, [Periksa berkas]; tiap kesalahan disebut barisnya, dan kata sandi awal tampil sekali.",
                "Many people at once: [Accounts from Excel]. Download the template, fill it in, [Check the file]; each fault is named with its row, and the first passwords are shown once.",
            ),
            (
                "Lupa sandi: [Kata sandi awal baru] di Lainnya. Terkunci karena salah ketik: [Buka kunci].",
                "A forgotten password: [New first password] at More. Waiting after wrong ones: [Lift].",
            ),
            (
                "Yang pindah tugas ditutup dengan [Tutup]; catatan pekerjaannya tetap ada.",
                "Who leaves is closed with [Shut out]; the record of their work stays.",
            ),
        ),
        picture=(
            "Halaman Pengguna: daftar nama dengan perannya per ULP dan tombol Beri, Cabut, Tutup",
            "The page Users: names with their roles by unit and the buttons Give, Take, Shut out",
        ),
        about=("users", "accounts", "region_rights", "audit", "privacy", "rights"),
        roles=(Role.ADMIN,),
    ),
)

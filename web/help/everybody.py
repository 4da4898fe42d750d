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
                "Bahasa, tampilan gelap, dan kata sandi ada di bawah nama Anda di kanan atas.",
                "Language, the dark look and your password are under your name at the top right.",
            ),
        ),
        picture=(
            "Halaman Bulan ini: jalur delapan langkah, di bawahnya tabel dengan keadaan, yang belum, dan tombol tiap langkah",
            "The page This month: the route of eight steps, below it a table with state, what is missing and a button for each step",
        ),
        about=("board", "front", "account", "search", "jobs", "reports", "first", "evaluation"),
        keys=(
            "Tab berpindah maju, Shift+Tab mundur, Enter menekan. Tab pertama menawarkan [Langsung ke isi]. Di daftar bulan: panah memilih, Enter membuka.",
            "Tab goes on, Shift+Tab back, Enter presses. The first Tab offers [Skip to content]. In the list of months: arrows choose, Enter opens.",
        ),
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
                "Yang pindah tugas ditutup dengan [Tutup]; catatan pekerjaannya tetap ada.",
                "Who leaves is closed with [Shut out]; the record of their work stays.",
            ),
        ),
        picture=(
            "Halaman Pengguna: daftar nama dengan perannya per ULP dan tombol Beri, Cabut, Tutup",
            "The page Users: names with their roles by unit and the buttons Give, Take, Shut out",
        ),
        about=("users", "region_rights"),
        roles=(Role.ADMIN,),
    ),
)

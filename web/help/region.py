"""Help for who looks after several units, and for what lies at the borders between them."""

from rbmgeo.terms import Role
from web.help.topic import Topic

TOPICS = (
    Topic(
        key="wilayah",
        title=("Beberapa unit sekaligus", "Several units at once"),
        lead=(
            "Angka tiap unit dan jumlahnya per UP3 dan UID, hanya unit tempat Anda punya peran. Unit tanpa angka disebut, tidak dihitung nol.",
            "The figures of each unit and their sums by UP3 and UID, only of units where you have a role. A unit without a figure is named, never counted as zero.",
        ),
        steps=(
            (
                "Buka [Wilayah]; pilih bulan, lalu satu UP3 atau UID. Judul kolom mengurutkan tabelnya.",
                "Open [Region]; choose a month, then a UP3 or UID. Heads of columns sort the table.",
            ),
            (
                "Bila tertulis bahwa data berubah sesudahnya, tekan [Hitung]: angka dibuat di latar belakang.",
                "Where it says that the data changed since, press [Compute]: figures are made in the background.",
            ),
            (
                "[Peta wilayah] menggambar tiap unit sebagai bidang kasar menurut keselarasan atau temuan; klik membuka peta unit itu.",
                "[Map of the region] draws each unit as a coarse area by alignment or findings; a click opens that unit's map.",
            ),
            (
                "[Cari] menemukan IDPEL, meter, gardu, dan RBM di semua unit Anda.",
                "[Search] finds IDPEL, meters, gardu and RBM in all your units.",
            ),
        ),
        picture=(
            "Halaman Wilayah: jumlah semua unit, tabel UP3, dan tabel unit",
            "The page Region: sums of all units, the table of UP3 and the table of units",
        ),
        about=("region",),
        roles=(Role.PENGAWAS, Role.PERENCANA),
    ),
    Topic(
        key="perbatasan",
        title=("Pelanggan di perbatasan unit", "Customers at the border of units"),
        lead=(
            "Pelanggan yang lebih dekat ke gardu unit tetangga adalah pertanyaan. Tidak ada yang pindah sendiri; yang diterima dipindah PLN di AP2T.",
            "A customer nearer to a neighbour unit's gardu is a question. Nothing moves by itself; what is accepted is moved by PLN in AP2T.",
        ),
        steps=(
            (
                "Di [Perbatasan], tekan [Cari calon]; daftar menyebut kedua gardu dan kedua jarak.",
                "At [Border], press [Look for candidates]; the list names both gardu and both distances.",
            ),
            (
                "Tekan [Usulkan pindah] dan tulis alasan. Unit tujuan melihat kode gardu, jarak, dan alasan itu saja.",
                "Press [Propose a move] and write a reason. The other unit sees codes of gardu, distances and that reason only.",
            ),
            (
                "Perencana unit tujuan, bukan pengusul, menekan [Terima] atau [Tolak]; putusan bisa dibuka lagi.",
                "A planner of the other unit, not the proposer, presses [Accept] or [Reject]; a decision can be opened again.",
            ),
            (
                "Yang diterima ada di Serah terima kedua unit, sampai impor unit tujuan menunjukkan pelanggannya.",
                "What is accepted stands at Hand-over in both units, until an import of the other unit shows the customer.",
            ),
        ),
        picture=(
            "Halaman Perbatasan: calon dengan gardu tercatat, gardu unit lain, dan kedua jarak",
            "The page Border: candidates with the recorded gardu, the other unit's gardu and both distances",
        ),
        about=("border",),
        roles=(Role.PERENCANA,),
    ),
)

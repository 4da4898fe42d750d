"""Help for the jobs of the field: arrears, and what came of prepaid checks and information."""

from rbmgeo.terms import Role
from web.help.topic import Topic

ROLES = (Role.PERENCANA, Role.PENGAWAS)
TOPICS = (
    Topic(
        key="tunggakan",
        title=("Tunggakan dan pemutusan", "Arrears and cuts"),
        lead=(
            "Setiap pelanggan dengan rekening belum lunas ada dalam tepat satu keadaan, dengan langkah berikut dan tenggatnya. Petugas tidak pernah menerima uang.",
            "Every customer with an unpaid bill is in exactly one state, with its next step and its day. Officers never take money.",
        ),
        steps=(
            (
                "Impor berkas piutang, lalu buka [Tunggakan]. Dua lembar ke atas yang belum pernah diputus milik perusahaan lain.",
                "Import the file of receivables, then open [Arrears]. Two sheets and more that were never cut are another company's.",
            ),
            (
                "[Cetak TUL VI-01], minta tanda tangan, lalu [Perintahkan pemutusan] di [Perintah putus].",
                "[Print TUL VI-01], have it signed, then [Order the cuts] at [Orders to cut].",
            ),
            (
                "Di hari pemutusan, catat berkas pelunasan di [Cek pelunasan]; tanpa cek hari itu pemutusan ditolak.",
                "On the day of the cuts keep the payments' file at [Payment checks]; without a check of that day a cut is refused.",
            ),
            (
                "Pelunasan pada impor berikutnya menarik perintahnya; bila sudah diputus, penyambungan diperintahkan dengan tenggat H+1.",
                "A payment at the next import takes the order back; after a cut the reconnection is ordered, due H+1.",
            ),
            (
                "Laporkan pekerjaan di [Laporan H+1]. Bongkar rampung diusulkan di [Bongkar rampung] dan disetujui orang lain.",
                "Report the work at [Reports, H+1]. Removals are proposed at [Removals] and approved by another person.",
            ),
        ),
        picture=(
            "Halaman Tunggakan: pelanggan, lembar, keadaan, langkah berikut, dan tenggat",
            "The page Arrears: customers, sheets, state, next step and due day",
        ),
        about=("arrears", "arrears_reports", "arrears_settings"),
        roles=ROLES,
    ),
    Topic(
        key="hasil-lapangan",
        title=("Hasil pekerjaan lapangan", "What came of field work"),
        lead=(
            "Baca pasca bayar, periksa pra bayar, informasi, pemutusan, dan penyambungan: tiap perintah dengan hasil dan buktinya.",
            "Postpaid readings, prepaid checks, information, cuts and reconnections: each order with its outcome and evidence.",
        ),
        steps=(
            (
                "Buka [Laporan], lalu pilih pekerjaannya. Jumlah perintah selalu sama dengan jumlah semua hasil.",
                "Open [Reports], then choose the job. The orders always equal the sum of all outcomes.",
            ),
            (
                "Pra bayar: [Jadikan daftar] dari order PLN, atau [Undi dan jadikan daftar] dengan benih yang diumumkan.",
                "Prepaid: [Make a list] of PLN's orders, or [Draw and make a list] with a published seed.",
            ),
            (
                "Pilih satu daftar untuk melihat rumah demi rumah. Yang menunggu menyebut aturan yang belum terpenuhi.",
                "Choose a list to see house by house. What waits names the rule that is not met yet.",
            ),
        ),
        picture=(
            "Halaman hasil pemutusan: daftar dengan jumlah tiap hasil, lalu rumah demi rumah",
            "What came of cuts: lists with the count of each outcome, then house by house",
        ),
        about=("job_done",),
        roles=ROLES,
    ),
)

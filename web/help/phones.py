"""Help of the phones of the field, as the office sees them."""

from rbmgeo.terms import Role
from web.help.topic import Topic

TOPICS: tuple[Topic, ...] = (
    Topic(
        key="hp-lapangan",
        title=("HP petugas lapangan", "Phones of the officers"),
        lead=(
            "HP yang dipakai petugas tercatat sendiri. Yang hilang dicoret; antrean yang tidak bisa dikirim dibuka dari berkas.",
            "Phones that officers use are noted by themselves. A lost one is struck off; a queue that cannot be sent is opened from a file.",
        ),
        steps=(
            (
                "Buka [HP lapangan]: siapa memegang HP mana, kapan terakhir terlihat, berapa catatan sudah diterima.",
                "Open [Field phones]: who holds which phone, when it was seen last, how many records were received.",
            ),
            (
                "HP hilang atau berganti tangan: tekan [Coret]. HP itu tidak mendapat daftar lagi; yang masih tersimpan di dalamnya tetap diterima.",
                "A phone is lost or changes hands: press [Strike off]. It gets no lists any more; what it still holds is received all the same.",
            ),
            (
                "HP tidak bisa mengirim: petugas mengekspor antreannya, lalu kantor memilih berkasnya dan menekan [Buka dan masukkan]. Berkas yang sama dua kali tidak menjadi dobel.",
                "A phone cannot send: the officer exports its queue, then the office chooses the file and presses [Open and bring in]. The same file twice doubles nothing.",
            ),
            (
                "Di Wi-Fi kantor tanpa domain, [Pasang sertifikat di HP] menunjukkan kode QR dan langkahnya.",
                "On an office Wi-Fi without a domain, [Certificate for phones] shows the QR code and the steps.",
            ),
        ),
        picture=(
            "Halaman HP lapangan: daftar HP dengan tombol Coret, di bawahnya isian berkas penyelamatan",
            "The page Field phones: the list of phones with the button Strike off, the rescue file's form below it",
        ),
        about=("devices", "wire", "pictures"),
        roles=(Role.PERENCANA,),
    ),
)

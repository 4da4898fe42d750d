"""Help for the surveyor's main tasks, on a phone."""

from rbmgeo.terms import Role
from web.help.topic import Topic

ROLES = (Role.SURVEYOR, Role.PERENCANA)
TOPICS = (
    Topic(
        key="kunjungan",
        title=("Menjawab rumah di daftar", "Answering a house on the list"),
        lead=(
            "Daftar Anda urut jalan kaki. Tiap rumah punya satu pertanyaan dan beberapa jawaban.",
            "Your list is in walking order. Each house has one question and a few answers.",
        ),
        steps=(
            (
                "Buka [Lapangan] dan pilih daftar hari ini.",
                "Open [Field] and choose today's list.",
            ),
            (
                "Pilih rumahnya. Isi tiang yang Anda lihat, lalu pilih jawaban: cocok, gardu lain, tidak terlacak, dan seterusnya.",
                "Choose the house. Fill in the pole that you see, then choose the answer: agrees, another gardu, cannot be traced, and so on.",
            ),
            (
                "Tambahkan foto bila perlu, [Pakai posisi ponsel] bila titiknya salah, lalu [Simpan jawaban].",
                "Add a photo if need be, [Use the position of this phone] if its point is wrong, then [Keep the answer].",
            ),
            (
                "Rumah yang tidak ada di daftar juga boleh dilaporkan.",
                "A house that is on no list may be reported too.",
            ),
        ),
        picture=(
            "Daftar kunjungan di telepon: nomor langkah, alamat, dan pertanyaan tiap rumah",
            "The list of visits on a phone: step number, address and question of each house",
        ),
        about=("field", "phone", "phone_lists", "answering", "survey.visits"),
        roles=ROLES,
        phone=True,
    ),
    Topic(
        key="telusur",
        title=("Telusur gardu", "Walking a gardu"),
        lead=(
            "Berdiri di gardu, pilih jurusan, lalu jalan dari tiang ke tiang. Satu ketukan menjawab semua rumah di satu tiang.",
            "Stand at the gardu, choose a jurusan and walk from pole to pole. One tap answers all houses at a pole.",
        ),
        steps=(
            (
                "Di [Lapangan], tekan [Telusur gardu] dan pilih gardunya.",
                "At [Field], press [Walk a gardu] and choose the gardu.",
            ),
            (
                "Di tiap tiang: bila semua rumah memang dari gardu ini, ketuk tombol besarnya. Sepuluh detik pertama masih bisa diurungkan.",
                "At each pole: if all houses are of this gardu, tap the large button. For ten seconds it can be undone.",
            ),
            (
                "Rumah yang lain: buka rinciannya dan jawab satu per satu.",
                "Other houses: open the details and answer one by one.",
            ),
            (
                "Tanpa sinyal, jawaban menunggu di telepon dan dikirim sekali saja saat sinyal kembali. Penghitungnya selalu terlihat.",
                "Without signal answers wait on the phone and are sent once when it is back. Their count is always shown.",
            ),
        ),
        picture=(
            "Telusur gardu di telepon: tiang dengan tombol besar untuk semua rumahnya",
            "Walking a gardu on a phone: a pole with one large button for all its houses",
        ),
        about=("telusur",),
        roles=ROLES,
        phone=True,
    ),
    Topic(
        key="baca-ulang",
        title=("Baca ulang", "Reading again"),
        lead=(
            "Stand yang dibaca sendiri dicatat terpisah dari bacaan vendor.",
            "A stand that you read yourself is kept apart from the vendor's reading.",
        ),
        steps=(
            (
                "Ketik IDPEL atau nomor meter di [Baca ulang], lalu [Buka formulir].",
                "Type an IDPEL or meter number at [Read again], then [Open the form].",
            ),
            (
                "Isi stand, kode kelainan, waktu, dan foto. Tanda yang janggal langsung disebut, tetapi tidak mengubah isian Anda.",
                "Fill in the stand, the code, the time and a photo. What looks odd is said at once, but changes nothing of yours.",
            ),
        ),
        picture=(
            "Halaman Baca ulang: kotak nomor dan tombol Buka formulir",
            "The page Read again: a box for the number and the button Open the form",
        ),
        about=("own",),
        roles=ROLES,
        phone=True,
    ),
)

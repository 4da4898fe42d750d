"""What findings say: reasons in a surveyor's words, and the question at the house."""

MATCHING: dict[str, tuple[str, str]] = {
    "reason.no_point": ("belum ada koordinat", "no position yet"),
    "reason.neighbours": (
        "{n} dari 10 tetangga terdekat ada di gardu tercatat",
        "{n} of the 10 nearest neighbours are on the recorded gardu",
    ),
    "reason.other_neighbours": (
        "{percent} % tetangga sekitar ada di gardu usulan",
        "{percent} % of the neighbourhood is on the proposed gardu",
    ),
    "reason.distance": (
        "{own_m} m ke gardu tercatat, {other_m} m ke gardu usulan",
        "{own_m} m to the recorded gardu, {other_m} m to the proposed one",
    ),
    "reason.walk": (
        "{percent}% dari yang dibaca tepat sebelum dan sesudahnya bergardu tercatat; {other}% bergardu usulan",
        "{percent}% of those read just before and after are on the recorded gardu; {other}% on the proposed one",
    ),
    "reason.line": (
        "JTR gardu tercatat {own_m} m dari rumah; JTR gardu usulan {other_m} m",
        "lines of the recorded gardu {own_m} m from the house; of the proposed one {other_m} m",
    ),
    "reason.votes": ("suara tetangga", "the neighbours' votes"),
    "reason.patch": (
        "di luar kelompoknya sendiri {percent}% tetangga bergardu tercatat; {other}% bergardu usulan",
        "outside its own group {percent}% of the neighbours are on the recorded gardu; {other}% on the proposed one",
    ),
    "reason.pole": (
        "{percent}% rumah lain di tiang yang sama bergardu tercatat; {other}% bergardu usulan",
        "{percent}% of the other houses on the pole are on the recorded gardu; {other}% on the proposed one",
    ),
    "reason.nearer": (
        "jarak gardu terdekat dibanding gardu tercatat",
        "how near the nearest gardu stands, against the recorded one",
    ),
    "reason.block": (
        "rumah-rumah di sebelahnya dengan catatan sama menunjuk gardu lain bersama-sama",
        "houses beside it with the same record point to another gardu together",
    ),
    "reason.meters": (
        "meter kedua gardu: kWh kelompok rumah ini ditimbang di sini dan di sana",
        "meters of both gardu: the kWh of this group weighed here and there",
    ),
    "reason.together": (
        "gabungan bukti: jalur dari gardu, kelompok rumah, muatan gardu",
        "evidence taken together: the way from the gardu, the group of houses, the gardu's size",
    ),
    "reason.base": ("pelanggan biasa di unit ini", "an ordinary customer of this unit"),
    "reason.same_meter": (
        "nomor meter sama dengan IDPEL {idpel} di daftar RBM: mungkin satu pelanggan",
        "the meter is that of idpel {idpel} on the RBM list: perhaps one customer",
    ),
    "reason.walk_other": (
        "jalur SR dan JTR sampai ke gardu {gardu}",
        "drop and spans lead to gardu {gardu}",
    ),
    "reason.walk_same": (
        "jalur SR dan JTR sampai ke gardu tercatat",
        "drop and spans lead to the recorded gardu",
    ),
    "reason.pole_carries": (
        "tiang tercatat membawa gardu {gardu}",
        "the recorded pole carries gardu {gardu}",
    ),
    "reason.survey_same": (
        "survei menemukan gardu tercatat",
        "a survey found the recorded gardu",
    ),
    "reason.survey_other": (
        "survei menemukan gardu {gardu}",
        "a survey found gardu {gardu}",
    ),
    "question.decide": (
        "Survei sudah menjawab: setujui atau tolak usulannya.",
        "The survey has answered: approve or reject its proposal.",
    ),
    "question.patch": (
        "Telusuri jurusan sampai ujung: gardu mana yang memasok kelompok rumah ini?",
        "Follow the line to its end: which gardu feeds this group of houses?",
    ),
    "question.patch_line": (
        "Telusuri jurusan {jurusan} gardu {gardu} dari tiang {tiang} sampai ujung: gardu mana yang "
        "memasok kelompok rumah ini?",
        "Follow jurusan {jurusan} of gardu {gardu} from pole {tiang} to its end: which gardu feeds "
        "this group of houses?",
    ),
    "question.patch_drawn": (
        "Telusuri jurusan {jurusan} (huruf menurut gambar JTR) gardu {gardu} dari tiang {tiang} "
        "sampai ujung: gardu mana yang memasok kelompok rumah ini?",
        "Follow jurusan {jurusan} (lettered after the drawing of the JTR) of gardu {gardu} from "
        "pole {tiang} to its end: which gardu feeds this group of houses?",
    ),
    "question.twice": (
        "Catatan mana yang benar: gardu dan RBM di meter ini?",
        "Which record is right: gardu and RBM at this meter?",
    ),
    "question.pdpj_only": (
        "Apakah meter ini dibaca vendor, dan pada RBM mana?",
        "Does the vendor read this meter, and on which RBM?",
    ),
    "question.pole": (
        "Telusuri SR sampai tiang. Jurusan di tiang itu berasal dari gardu mana?",
        "Follow the drop to the pole. From which gardu does its line come?",
    ),
    "question.gardu": (
        "Gardu mana yang memasok rumah ini?",
        "Which gardu feeds this house?",
    ),
    "kind.ok": ("Cocok", "Agrees"),
    "kind.gardu_diragukan": ("Gardu diragukan", "Gardu in doubt"),
    "kind.ganda": ("Ganda", "Listed twice"),
    "kind.hanya_pdpj": ("Hanya PDPJ", "PDPJ only"),
    "kind.hanya_rbm": ("Hanya RBM", "RBM only"),
    "kind.beda_gardu": ("Beda gardu", "Other gardu"),
    "kind.perlu_survei": ("Perlu survei", "Needs a survey"),
}

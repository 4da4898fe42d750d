"""The sentences of a month's summary; each ends with its only full stop."""

MONTH_SUMMARY: dict[str, tuple[str, str]] = {
    "sum.read": (
        "Terbaca {read} dari {customers} pelanggan yang dibaca vendor ({share}); belum {unread}.",
        "Read {read} of {customers} customers that the vendor reads ({share}); not yet {unread}.",
    ),
    "sum.read.none": ("Belum ada pelanggan yang dibaca vendor.", "There is no customer that the vendor reads yet."),
    "sum.day": (
        "{late} dari {rbms} RBM lewat harinya dan belum selesai; {other_day} pelanggan dibaca pada hari lain dari rencana.",
        "{late} of {rbms} RBM are past their day and not done; {other_day} customers were read on another day than planned.",
    ),
    "sum.day.none": ("Belum ada jadwal baca yang bisa dibandingkan.", "There is no reading schedule to compare with yet."),
    "sum.questions": (
        "Konsistensi baca: {open} dari {asked} pertanyaan bulan ini belum dijawab.",
        "Consistency of reading: {open} of {asked} questions of the month are not answered.",
    ),
    "sum.questions.none": ("Konsistensi baca belum dihitung, karena log pembaca bulan ini belum ada.", "Consistency of reading is not computed, since there is no reader's log of the month."),
    "sum.photos": (
        "Keakuratan stand: {other} dari {seen} foto yang dilihat beda ({low} sampai {high}, Wilson 95 %); cek lapangan {field}.",
        "Accuracy of stands: {other} of {seen} photos looked at differ ({low} to {high}, Wilson 95 %); field checks {field}.",
    ),
    "sum.photos.none": (
        "Keakuratan stand belum diuji dengan foto; cek lapangan {field}.",
        "The accuracy of stands was not tested by photos; field checks {field}.",
    ),
    "sum.field": ("{other} dari {seen} beda ({low} sampai {high})", "{other} of {seen} differ ({low} to {high})"),
    "sum.field.none": ("belum ada", "not yet"),
    "sum.stands": (
        "Meja stand: {open} dari {to_decide} baris janggal belum diputus.",
        "Stand desk: {open} of {to_decide} odd lines are not decided.",
    ),
    "sum.stands.none": ("Meja stand belum bisa dibuka, karena bacaan bulan ini belum ada.", "The stand desk cannot be opened, since there are no readings of the month."),
    "sum.findings": (
        "Pencocokan: {to_see} temuan masih perlu dilihat dari {customers} pelanggan.",
        "Matching: {to_see} findings are still to be looked at of {customers} customers.",
    ),
    "sum.findings.none": ("Pencocokan belum dijalankan.", "Matching was not run yet."),
    "sum.survey": (
        "Survei: {answered} dari {planned} rumah dalam rencana terbaru sudah dijawab.",
        "Survey: {answered} of {planned} houses of the newest plan are answered.",
    ),
    "sum.survey.none": ("Rencana survei belum ada.", "There is no survey plan yet."),
    "sum.verification": (
        "Verifikasi: {decided} usulan diputuskan dan {waiting} menunggu; verifikasi gardu {gardu}.",
        "Verification: {decided} proposals decided and {waiting} waiting; verification of gardu {gardu}.",
    ),
    "sum.gardu": ("{accepted} diterima, {waiting} menunggu, {failed} kembali ke survei", "{accepted} accepted, {waiting} waiting, {failed} back to survey"),
    "sum.gardu.none": ("belum ada", "not yet"),
    "sum.handoff": (
        "Serah terima: versi {version} terbit; {signed} dari {deeds} berita acaranya ditandatangani.",
        "Hand-over: version {version} is published; {signed} of its {deeds} deeds are signed.",
    ),
    "sum.handoff.none": ("Serah terima: belum ada versi yang terbit untuk bulan ini atau bulan berikutnya.", "Hand-over: no version is published for this month or the next."),
    "sum.kwh": (
        "kWh terjual {kwh}, {change} terhadap bulan yang sama tahun lalu; ini bukan susut.",
        "kWh sold {kwh}, {change} on the same month of last year; this is not loss.",
    ),
    "sum.kwh.alone": (
        "kWh terjual {kwh}; bulan yang sama tahun lalu belum ada, dan ini bukan susut.",
        "kWh sold {kwh}; there is no same month of last year, and this is not loss.",
    ),
    "sum.kwh.none": ("kWh terjual belum ada untuk bulan ini.", "There are no kWh of this month yet."),
    "topic.read": ("Jadwal", "Schedule"),
    "topic.day": ("Hari baca", "Day of reading"),
    "topic.questions": ("Konsistensi", "Consistency"),
    "topic.photos": ("Keakuratan", "Accuracy"),
    "topic.stands": ("Meja stand", "Stand desk"),
    "topic.findings": ("Temuan", "Findings"),
    "topic.survey": ("Survei", "Survey"),
    "topic.verification": ("Verifikasi", "Verification"),
    "topic.handoff": ("Serah terima", "Hand-over"),
    "topic.kwh": ("kWh", "kWh"),
    "trend.terbaca": ("Terbaca", "Read"),
    "trend.tepat_hari": ("Tepat hari", "On the day"),
    "trend.foto_beda": ("Beda dari foto", "Differs from the photo"),
    "trend.kwh": ("kWh terjual", "kWh sold"),
}  # fmt: skip

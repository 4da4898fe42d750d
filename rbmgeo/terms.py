"""States of the field as enums; codes of PLN stay text, as they came."""

from enum import StrEnum

#: The code of a unit, as addresses and tables hold it: letters and figures.
UNIT_CODE = r"[0-9A-Za-z]{2,8}"


class Match(StrEnum):
    """Class of one customer in the union of both lists, the first that applies (R-MA-01)."""

    GANDA = "ganda"
    TIDAK_DIBACA_VENDOR = "tidak_dibaca_vendor"
    HANYA_RBM = "hanya_rbm"
    HANYA_PDPJ = "hanya_pdpj"
    COCOK = "cocok"
    BEDA_GARDU = "beda_gardu"
    SELARAS = "selaras"
    PERLU_SURVEI = "perlu_survei"


class Service(StrEnum):
    """How a customer pays (``jenis_layanan``)."""

    PASCA = "pasca"
    PRA = "pra"


class ReadBy(StrEnum):
    """Who reads the meter (``dibaca_oleh``); prepaid meters are read by nobody (R-MA-11)."""

    VENDOR = "vendor"
    PLN = "pln"
    TIDAK = "tidak"


class CoordinateQuality(StrEnum):
    """What is known of a position; everything but ``ok`` names the rule that spoke."""

    OK = "ok"
    TANPA_KOORDINAT = "tanpa_koordinat"
    TAK_TERBACA = "R-IM-07"
    NO_FIX = "R-IM-06-nol"
    X_SAMA_Y = "R-IM-06-x-sama-y"
    TANDA_HILANG = "R-IM-06-tanda"
    DESIMAL_HILANG = "R-IM-06-desimal"
    DI_LUAR_AREA = "R-IM-06-area"
    DI_LUAR_UNIT = "R-IM-08"
    TITIK_BERSAMA = "R-IM-12"
    DISERET = "R-IM-12-deret"
    KASAR = "R-IM-69-kasar"
    DIURUNGKAN = "diurungkan"


class Tier(StrEnum):
    """What a suspicion was computed from."""

    T0 = "T0"  # no position: nothing can be said but the lists themselves
    T1 = "T1"  # positions of customers and gardu, and the reading order where there is one
    T2 = "T2"  # low-voltage lines tagged by gardu as well
    T3 = "T3"  # the recorded pole of each customer as well
    TX = "TX"  # drops or recorded poles tie the customer to the spans: a join
    SV = "SV"  # a surveyor stood there; outranks all that is computed (R-MA-10)


class DeskVerdict(StrEnum):
    """How a planner settles a finding without a visit."""

    CATATAN_BENAR = "catatan_benar"
    GARDU_LAIN = "gardu_lain"


class SurveyOutcome(StrEnum):
    """What the surveyor found at the house (SOP IV.4)."""

    COCOK = "cocok"
    GARDU_LAIN = "gardu_lain"
    TIANG_BERSAMA = "tiang_bersama"
    TIDAK_DITEMUKAN = "tidak_ditemukan"
    TIDAK_TERLACAK = "tidak_terlacak"
    DIBONGKAR = "dibongkar"
    PRA_BAYAR = "pra_bayar"
    TIDAK_DI_DAFTAR = "tidak_di_daftar"  # found at a house, on no list of the unit


class CheckState(StrEnum):
    """Where a house drawn for the verification of its gardu stands (SOP IV.6, R-SB-02)."""

    BELUM = "belum"
    COCOK = "cocok"
    BEDA_MENUNGGU = "beda_menunggu_lihat_kedua"
    BEDA_PASTI = "beda_pasti"
    COCOK_KEDUA = "cocok_setelah_lihat_kedua"
    TIDAK_TERLACAK = "tidak_terlacak"
    TERTUTUP = "tertutup"


class GarduCheck(StrEnum):
    """What a person made of a verification (SOP IV.6); ``urung`` takes the last word back."""

    DITERIMA = "diterima"
    KEMBALI_SURVEI = "kembali_survei"
    BATAL = "batal"
    URUNG = "urung"


class Seen(StrEnum):
    """What a surveyor can tell beside the outcome; but for note and photo each may be proposed."""

    POINT = "point"
    TIANG_POINT = "tiang_point"
    GARDU_POINT = "gardu_point"
    TIANG = "tiang"
    METER_NUMBER = "meter_number"
    RBM = "rbm"
    STATUS = "status"
    NOTE = "note"
    PHOTO = "photo"


class ProposalState(StrEnum):
    """Where a proposal stands; an approved one can be undone, which keeps history."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    UNDONE = "undone"


class EventKind(StrEnum):
    """What happened on the network that moved a block of customers to another gardu."""

    SISIPAN = "sisipan"
    PECAH_BEBAN = "pecah_beban"
    PINDAH_JURUSAN = "pindah_jurusan"


class EventState(StrEnum):
    """Where an event stands; a draft has no members that wait yet."""

    DRAFT = "draft"
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    UNDONE = "undone"


class VersionState(StrEnum):
    """State of an RBM version; publishing is the only way to ``published``."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Mutation(StrEnum):
    """What changed about one customer from one month's lists to the next."""

    BARU = "baru"
    TANPA_RBM = "belum_di_rbm"
    DARI_UNIT = "dari_unit"
    PINDAH_UNIT = "pindah_unit"
    HILANG = "hilang"
    KE_PRA = "ke_pra"
    PINDAH_RBM = "pindah_rbm"
    GANTI_METER = "ganti_meter"
    UBAH_TARIF = "ubah_tarif"
    UBAH_DAYA = "ubah_daya"


class Act(StrEnum):
    """What accepting a mutation does to the draft: give a place, take it away, or nothing."""

    PLACE = "place"
    REMOVE = "remove"
    NOTE = "note"


class Returned(StrEnum):
    """What became of one handed-over change when the source's next list came (R-CH-05)."""

    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    OTHER = "changed_otherwise"
    GONE = "gone"
    UNSEEN = "not_in_list"


class ReadState(StrEnum):
    """How far an RBM is with its reading against its day."""

    DONE = "selesai"
    LATE = "terlambat"
    TODAY = "hari_ini"
    AHEAD = "belum_waktunya"
    NO_DATE = "tanpa_tanggal"


class Role(StrEnum):
    """What a user may do in a unit."""

    ADMIN = "admin"
    PERENCANA = "perencana"
    SURVEYOR = "surveyor"
    PENGAWAS = "pengawas"
    VENDOR = "vendor"


class FieldJob(StrEnum):
    """A job of the field; all are visits, each with its own form and rules (SOP II to VI)."""

    SURVEI = "survei"
    PASCA = "pasca"
    PRA = "pra"
    INFORMASI = "informasi"
    PUTUS = "putus"
    SAMBUNG = "sambung"


class OrderState(StrEnum):
    """Where an order of the field stands, told by its visits and nothing else."""

    BELUM = "belum"
    SELESAI = "selesai"
    ULANG = "perlu_ulang"  # somebody was there, and what was found does not settle it
    KONFLIK = "konflik"  # two contents under one id: a person decides (R-CH-03)
    BATAL = "batal"


class ArrearsState(StrEnum):
    """Where a customer with an unpaid bill or a standing cut is, exactly one (SOP VI)."""

    BELUM_JATUH_TEMPO = "belum_jatuh_tempo"
    DI_BAWAH_AMBANG = "di_bawah_ambang"  # fewer sheets than the unit cuts from (R-AR-08)
    BOLEH_DIPUTUS = "boleh_diputus"
    DIPERINTAHKAN = "putus_diperintahkan"
    LUNAS_MENURUT_CEK = "lunas_menurut_cek"  # the receivables do not say so yet
    DIPUTUS = "diputus"
    BOLEH_BONGKAR = "boleh_bongkar_rampung"  # R-AR-07
    BONGKAR_DIUSULKAN = "bongkar_diusulkan"
    PERLU_DISAMBUNG = "perlu_disambung"  # paid after a cut (R-AR-05)
    PERUSAHAAN_LAIN = "perusahaan_lain"  # R-AR-06
    DIBONGKAR = "dibongkar"


class FileKind(StrEnum):
    """What a file holds, as the importer tells them apart."""

    BOUNDARY = "boundary"
    DPM = "dpm"
    PDPJ = "pdpj"
    CUSTOMERS = "customers"
    GARDU = "gardu"
    TIANG = "tiang"
    JTR = "jtr"
    DROPS = "drops"
    STREETS = "streets"
    POINTS = "points"
    READER_LOG = "reader_log"
    TOKEN = "token"
    RECEIVABLES = "receivables"
    PREPAID_ORDERS = "prepaid_orders"
    PHOTOS = "photos"
    CALENDAR = "calendar"
    GARDU_METER = "gardu_meter"


class FormKind(StrEnum):
    """A form that is printed in batch and filled in by hand (SOP I to VI)."""

    KML = "kml"
    TUL_II_04 = "tul_ii_04"
    TUL_VI_01 = "tul_vi_01"
    INFORMASI = "informasi"
    LEMBAR_KERJA = "lembar_kerja"

"""Forms of one customer: Kartu Meter Langganan, TUL II-04 (house closed), TUL VI-01 (disconnection)."""

from rbmgeo.labels.forms import FORMS
from rbmgeo.labels.spelled import MONTHS
from rbmgeo.sheets import looks
from rbmgeo.sheets.deed import wrapped
from rbmgeo.sheets.form_parts import LEFT, Form, Page, month, number, who
from rbmgeo.sheets.pdf import BOLD, STRONG

TITLES = {kind: said[1] for kind, said in FORMS.items()}


def kml(page: Page, form: Form) -> None:
    """Draw a meter card: who it is, and a line a month for stand and initials (SOP II)."""
    y = page.head(form) - 6
    y = who(page, form.said, y) - 2.5
    year = page.shared["blth"][:4]
    wide, high = [21.0, 20.0, 27.0, 19.0], 7.8
    for side, x in enumerate((LEFT, (LEFT + page.right) / 2 + 3)):
        heads = ("Bulan", "Tanggal", "Stand kWh", "Paraf")
        page.grid(x, y, wide, high, 7)
        at = x
        for head, w in zip(heads, wide, strict=True):
            page.paper.text(at + 1.4, y - 4.4, head, size=8, font=STRONG)
            at += w
        for k in range(6):
            page.paper.text(x + 1.4, y - (k + 1) * high - 4.4, f"{MONTHS[side * 6 + k][:3]} {year}", size=8.4)  # fmt: skip
    y -= 7 * high
    _words(page, y - 5)
    page.foot()


def closed_house(page: Page, form: Form) -> None:
    """Draw the notice that a reader leaves at a closed house, with a slip for the customer."""
    y = page.head(form) - 6
    y = who(page, form.said, y) - 1.5
    y = _words(page, y - 2) - 2.5
    page.blanks(y, [("Tanggal kunjungan", 34), ("pukul", 20), ("petugas", 42)])
    y -= 5.5
    page.line(LEFT, y, page.right, 0.2, looks.INK3)
    y -= 6
    page.paper.text(LEFT, y, "Diisi pelanggan", size=9.4, font=BOLD)
    first, last = page.shared["self_read"]
    page.paper.text(LEFT + 28, y, f"Stand yang dibaca sendiri diterima tanggal {first} sampai {last} (pengaturan unit).", size=8.2, colour=looks.INK2)  # fmt: skip
    y -= 8.5
    page.blanks(y, [("Stand kWh meter", 40), ("dibaca tanggal", 34)])
    y -= 8
    page.blanks(y, [("Nama", 52), ("Telepon", 34), ("Tanda tangan", 30)])
    page.foot()


def disconnection(page: Page, form: Form) -> None:
    """Draw TUL VI-01: sheet 1 for the customer, sheet 2 for the officer (SOP VI)."""
    whole = page.high
    page.high, page.low = whole / 2, whole / 2
    y = page.head(form, words=", lembar 1 untuk pelanggan") - 6
    y = who(page, form.said, y) - 1.5
    y = _words(page, y - 2) - 2
    _arrears(page, form, y)
    middle = page.right - 34
    head = f"{page.shared['place']}, {page.shared['dated']}"
    page.paper.text(middle, y - 11, head, size=8.6, align="middle", fit=66)
    page.sign(middle, y - 15.4, page.shared["position"], page.shared["signer"])
    page.paper.text(LEFT, y - 16, "Berlaku setelah ditandatangani Manajer Unit", size=8, colour=looks.INK2)  # fmt: skip
    page.paper.text(LEFT, y - 20, "atau pejabat yang ditunjuk.", size=8, colour=looks.INK2)
    page.foot()
    page.low = 0.0
    page.cut(whole / 2)
    _officer_sheet(page, form)
    page.foot()
    page.high = whole


def _officer_sheet(page: Page, form: Form) -> None:
    y = page.head(form, words=", lembar 2 untuk petugas") - 6
    y = who(page, form.said, y) - 1
    _arrears(page, form, y)
    y -= 8.5
    p = page.paper
    p.text(LEFT, y, "1. Pemeriksaan pelunasan (hari yang sama, sebelum pemutusan)", size=8.8, font=STRONG)  # fmt: skip
    page.blanks(y - 6.2, [("Tanggal", 26), ("pukul", 18), ("lewat (PPOB / HP)", 30)])
    page.ticks(y - 6.2, ["belum lunas", "lunas"], LEFT + 136)
    y -= 13.6
    p.text(LEFT, y, "2. Pemutusan sementara: MCB di-off-kan dan disegel", size=8.8, font=STRONG)
    p.text(page.right, y, "Membuka segel OA kas dan memutus lewat SR tidak diperkenankan.", size=7.6, colour=looks.INK2, align="right")  # fmt: skip
    page.blanks(y - 6.2, [("Tanggal pemutusan", 28), ("pukul", 18), ("stand kWh meter", 34)])
    page.ticks(y - 6.2, ["difoto"], LEFT + 155)
    page.blanks(y - 12.4, [("Nomor segel", 34), ("petugas", 40), ("paraf", 24)])
    y -= 19.8
    p.text(LEFT, y, "3. Penyambungan kembali, paling lambat H+1 setelah pelunasan", size=8.8, font=STRONG)  # fmt: skip
    page.blanks(y - 6.2, [("Lunas tanggal", 24), ("disambung tanggal", 24), ("stand", 26)])
    page.ticks(y - 6.2, ["difoto"], LEFT + 155)
    page.blanks(y - 12.4, [("Petugas", 44), ("paraf", 24), ("dilaporkan tanggal", 26)])
    if page.shared.get("tools"):
        p.text(LEFT, y - 18.6, f"Peralatan yang direkomendasikan: {page.shared['tools']}", size=8, fit=page.right - LEFT)  # fmt: skip
    page.conduct()


def _arrears(page: Page, form: Form, y: float) -> None:
    """Write how many sheets are unpaid where the unit knows it; the amount is for the hand."""
    said = form.said
    known = said["unpaid"]
    span = None
    if known:
        a, b = said["unpaid_from"], said["unpaid_to"]
        span = month(a) if a == b else f"{month(a)} sampai {month(b)}"
    page.field(LEFT, y, "Tunggakan", f"{number(known)} lembar" if known else None, LEFT + 62)
    page.field(LEFT + 66, y, "Bulan", span, LEFT + 128, at=12)
    page.field(LEFT + 132, y, "Rp", None, page.right, at=7)


def _words(page: Page, y: float) -> float:
    for line in wrapped(page.shared["words"], page.right - LEFT, 8.8):
        page.paper.text(LEFT, y, line, size=8.8)
        y -= 4.3
    return y

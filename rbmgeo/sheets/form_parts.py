"""What forms share: head with unit, number and QR code, fields that are lines where nothing is known."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from rbmgeo.fieldwork.conduct import CONDUCT
from rbmgeo.labels import text
from rbmgeo.labels.forms import FORMS, UNIT_LAYOUT
from rbmgeo.labels.spelled import MONTHS
from rbmgeo.sheets import looks
from rbmgeo.sheets.pdf import BOLD, STRONG, TEXT, Paper, width_of

LEFT = 15.0
#: Official forms whose layout is not public (domain.md): said at the foot.
UNKNOWN = {"kml": "kartu meter langganan", "tul_ii_04": "TUL II-04", "tul_vi_01": "TUL VI-01",
           "informasi": "lampiran SOP V"}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One form: its number, what its QR code says, and what is known (`said`)."""

    number: str
    link: str
    said: dict[str, Any]


class Page:
    """A page, or a half of one, on which a form is drawn (mm from its own lower left corner)."""

    def __init__(self, paper: Paper, kind: str, shared: dict[str, Any]) -> None:
        self.paper, self.kind, self.shared = paper, kind, shared
        self.low, self.high = 0.0, paper.size[1]

    @property
    def right(self) -> float:
        """Return the right edge of what is printed."""
        return self.paper.size[0] - LEFT

    def head(self, form: Form, *, words: str = "") -> float:
        """Draw unit, title, number and QR code; return the height below them."""
        p, s = self.paper, self.shared
        y = self.low + self.high - 14
        p.text(LEFT, y, "PT PLN (Persero)", size=9.4, font=BOLD)
        up3 = f"UP3 {s['up3']}, " if s["up3"] else ""
        p.text(LEFT, y - 4.2, f"{up3}ULP {s['unit']} ({s['ulp']})", size=8.6, colour=looks.INK2)
        p.qr(self.right - 19, y - 14.5, 20, form.link)
        p.text(self.right - 21, y, f"No. {form.number}", size=9, font=STRONG, align="right")
        p.text(self.right - 21, y - 4.2, f"periode {period(s['blth'])}{words}", size=8.6, colour=looks.INK2, align="right")  # fmt: skip
        if s["sample"]:
            p.text(self.right - 21, y - 8.4, "DATA CONTOH (REKAAN)", size=7.6, font=STRONG, colour=looks.WARN, align="right")  # fmt: skip
        p.text(LEFT, y - 13, FORMS[self.kind][1], size=14, font=BOLD)
        self.line(LEFT, y - 16.4, self.right, 0.35)
        return y - 16.4

    def conduct(self) -> None:
        """Write SOP I above the foot; its source breaks off at fences, so there is no exception."""
        kept = "; ".join(text(f"visit.conduct.{code}").lower() for code in CONDUCT)
        self.paper.text(LEFT, self.low + 10.2, f"SOP I: {kept}", size=7.2, colour=looks.INK2, fit=self.right - LEFT)  # fmt: skip

    def foot(self) -> None:
        """Say where the layout comes from."""
        said = FORMS[self.kind][2]
        if self.kind in UNKNOWN:
            said += ". " + UNIT_LAYOUT.format(name=UNKNOWN[self.kind])
        self.paper.text(LEFT, self.low + 6.4, said, size=6.6, colour=looks.INK3)

    def line(
        self, x: float, y: float, to: float, width: float = 0.2, colour: str = looks.INK
    ) -> None:
        """Draw a line across."""
        self.paper.line(np.array([[x, y], [to, y]]), colour, width, butt=True)

    def cut(self, y: float) -> None:
        """Draw where the paper is cut."""
        wide = self.paper.size[0]
        self.paper.line(
            np.array([[4, y], [wide - 4, y]]), looks.INK3, 0.15, dash=(2, 1.4), butt=True
        )

    def field(
        self, x: float, y: float, name: str, value: object, to: float, *, at: float = 27.0
    ) -> None:
        """Write one field, its name and its value; what is not known is a line to write on."""
        self.paper.text(x, y, name, size=8.4, colour=looks.INK2, fit=at - 1)
        if value is None or value == "":
            self.line(x + at, y - 0.8, to, 0.18, looks.INK3)
            return
        self.paper.text(x + at, y, str(value), size=9.4, font=STRONG, fit=to - x - at)

    def blanks(self, y: float, names: list[tuple[str, float]], x: float = LEFT) -> None:
        """Write fields to fill in beside each other: name and width of the line in mm."""
        for name, wide in names:
            self.paper.text(x, y, name, size=8.4, colour=looks.INK2)
            x += width_of(name, TEXT, 8.4) + 1.5
            self.line(x, y - 0.8, x + wide, 0.18, looks.INK3)
            x += wide + 4

    def ticks(self, y: float, names: list[str], x: float) -> None:
        """Write boxes to tick beside each other."""
        for name in names:
            self.paper.box(x, y - 0.5, 3.2, 3.2, edge=looks.INK, width=0.25)
            self.paper.text(x + 4.6, y, name, size=8.4)
            x += 9.5 + width_of(name, TEXT, 8.4)

    def grid(self, x: float, y: float, wide: list[float], high: float, rows: int) -> None:
        """Draw the lines of an empty table, its upper left corner at (x, y)."""
        edges = np.r_[0.0, np.cumsum(wide)] + x
        lines = [np.array([[x, y - k * high], [edges[-1], y - k * high]]) for k in range(rows + 1)]
        lines += [np.array([[e, y], [e, y - rows * high]]) for e in edges]
        self.paper.lines(lines, looks.INK3, 0.18, butt=True)

    def sign(self, x: float, y: float, head: str, below: str, wide: float = 54.0) -> None:
        """Leave room for a signature, with what stands above and below it."""
        self.paper.text(x, y, head, size=8.6, align="middle", fit=wide + 8)
        self.line(x - wide / 2, y - 19, x + wide / 2, 0.25)
        self.paper.text(x, y - 18, below, size=8.6, align="middle", fit=wide)


def who(page: Page, said: dict[str, Any], y: float, *, right: bool = True) -> float:
    """Write who the customer is in two columns; return the height below."""
    middle = (LEFT + page.right) / 2 + 3
    place = said["rbm"]
    if place and said["urut"] is not None:
        place += f", urut {said['urut']}" + (f".{said['sisipan']}" if said["sisipan"] else "")
    at = " / ".join(v for v in (said["gardu"], said["tiang"]) if v) or None
    stand = None
    if said["stand_kwh"] is not None:
        stand = f"{number(said['stand_kwh'])} ({month(said['stand_blth'])})"
    tariff = f"{said['tarif'] or '–'} / {number(said['daya_va'])} VA" if said["tarif"] or said["daya_va"] is not None else None  # fmt: skip
    left = [("IDPEL", grouped(said["idpel"])), ("Nama", said["name"]), ("Alamat", said["address"]),
            ("Tarif / daya", tariff)]  # fmt: skip
    other = [("Nomor meter", said["meter_number"]), ("RBM", place), ("Gardu / tiang", at),
             ("Stand terakhir", stand)]  # fmt: skip
    for k, ((a, b), (c, d)) in enumerate(zip(left, other, strict=True)):
        page.field(LEFT, y - 5.6 * k, a, b, middle - 5)
        page.field(middle, y - 5.6 * k, c, d, page.right)
    return y - 5.6 * len(left)


def grouped(idpel: str | None) -> str | None:
    """Write an idpel 4-4-4 for the eye."""
    return None if not idpel else " ".join(idpel[i : i + 4] for i in range(0, len(idpel), 4))


def number(value: object) -> str:
    """Write a number with Indonesian signs and all its digits; nothing known is a dash."""
    if value is None:
        return "–"
    exact = Decimal(str(value)).normalize()
    digits = max(0, -int(exact.as_tuple().exponent))
    return f"{exact:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def month(blth: str) -> str:
    """Write a month: Desember 2024."""
    return f"{MONTHS[int(blth[4:]) - 1]} {blth[:4]}"


def period(blth: str) -> str:
    """Write a month as the SOP's appendix does: 122024."""
    return f"{blth[4:]}{blth[:4]}"

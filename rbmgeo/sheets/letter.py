"""Letters of assignment (Surat Tugas, SOP I) as A4 pages, with what was kept when they were issued."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from rbmgeo.labels.spelled import MONTHS
from rbmgeo.sheets import looks
from rbmgeo.sheets.deed import wrapped
from rbmgeo.sheets.pdf import A4, BOLD, STRONG, TEXT, Paper

LEFT, RIGHT, TOP, LOW = 20.0, 190.0, 275.0, 24.0
DUTIES = (
    "Memakai seragam lengkap, sepatu, dan tanda pengenal petugas.", "Membawa surat tugas ini.",
    "Meminta izin pemilik rumah sebelum melaksanakan pekerjaan.",
    "Tidak melompati pagar bila pintu rumah pelanggan tertutup.", "Berlaku sopan dan santun.",
    "Tidak menerima uang titipan rekening, dan tidak meminta atau menerima jasa tambahan dari pelanggan.",
)  # fmt: skip
TASK = "Survei pembaruan data pelanggan dan gambar RBM/gardu (SOP IV)"


@dataclass(frozen=True)
class Letter:
    """One letter as it was issued; ``link`` is what its QR code says."""

    ulp: str
    number: str
    officer: str
    first_on: date
    last_on: date
    content: dict[str, Any]
    link: str


class LetterBook:
    """Letters drawn one after another into one file, a bookmark each."""

    def __init__(self, title: str) -> None:
        self.paper = Paper(A4, title=title)

    def add(self, letter: Letter) -> None:
        """Draw one letter; a long list of tasks goes on on further pages."""
        p, said = self.paper, letter.content
        name = f"{said['name']} ({letter.officer})" if said["name"] else letter.officer
        p.bookmark(f"{letter.number}, {letter.officer}")
        y = self._head(letter)
        y = self._words(f"Yang bertanda tangan di bawah ini, Manajer Unit ULP {said['unit']}, menugaskan:", y)  # fmt: skip
        span = dated(letter.first_on)
        if letter.last_on != letter.first_on:
            span += f" sampai {dated(letter.last_on)}"
        for field, value in (("Petugas", name), ("Tugas", TASK), ("Masa tugas", span)):
            p.text(LEFT + 4, y, field, size=10, colour=looks.INK2)
            p.text(LEFT + 32, y, value, size=10, font=STRONG, fit=RIGHT - LEFT - 32)
            y -= 6
        y = self._tasks(letter, y - 4)
        need = 62 + 5.2 * (len(DUTIES) + 2)
        if y - need < LOW:
            y = self._turn(letter)
        y = self._duties(y - 5)
        y = self._words("Demikian surat tugas ini dibuat untuk dilaksanakan dengan penuh tanggung jawab.", y - 1)  # fmt: skip
        self._signatures(letter, y - 5)
        self._foot(letter)
        p.next_page()

    def done(self) -> bytes:
        """Return the whole file."""
        return self.paper.done()

    def _head(self, letter: Letter) -> float:
        p, said = self.paper, letter.content
        p.text(LEFT, TOP, "PT PLN (Persero)", size=11, font=BOLD)
        up3 = f"UP3 {said['up3']}, " if said["up3"] else ""
        p.text(LEFT, TOP - 5, f"{up3}ULP {said['unit']} ({letter.ulp})", size=10, colour=looks.INK2)
        if said["sample"]:
            p.text(RIGHT - 26, TOP, "DATA CONTOH (REKAAN)", size=9, font=STRONG, colour=looks.WARN, align="right")  # fmt: skip
        p.qr(RIGHT - 22, TOP - 16, 23, letter.link)
        _rule(p, TOP - 18, 0.4)
        p.text(105, TOP - 29, "SURAT TUGAS", size=15, font=BOLD, align="middle")
        p.text(105, TOP - 35.5, f"Nomor: {letter.number}", size=10.5, align="middle")
        return TOP - 46

    def _tasks(self, letter: Letter, y: float) -> float:
        y = self._row(("No", "Tanggal", "Gardu", "Rumah"), y, STRONG)
        _rule(self.paper, y + 3.8, 0.3)
        for n, task in enumerate(letter.content["tasks"], start=1):
            if y < LOW + 8:
                y = self._row(("No", "Tanggal", "Gardu", "Rumah"), self._turn(letter), STRONG)
                _rule(self.paper, y + 3.8, 0.3)
            day = dated(date.fromisoformat(task["on"]))
            y = self._row((str(n), day, str(task["gardu"]), str(task["houses"])), y, TEXT)
        _rule(self.paper, y + 3.8, 0.3)
        return self._row(("", "Jumlah", "", str(letter.content["houses"])), y, STRONG)

    def _row(self, cells: tuple[str, ...], y: float, font: str) -> float:
        places = (
            (LEFT + 8, "right"),
            (LEFT + 14, "left"),
            (LEFT + 70, "left"),
            (RIGHT - 4, "right"),
        )
        for cell, (x, align) in zip(cells, places, strict=True):
            self.paper.text(x, y, cell, size=9.6, font=font, align=align)
        return y - 5.4

    def _duties(self, y: float) -> float:
        self.paper.text(LEFT, y, "Kewajiban petugas (SOP I)", size=10, font=BOLD)
        y -= 5.6
        for n, duty in enumerate(DUTIES, start=1):
            for k, line in enumerate(wrapped(duty, RIGHT - LEFT - 8, 9.6)):
                if k == 0:
                    self.paper.text(LEFT + 1, y, f"{n}.", size=9.6)
                self.paper.text(LEFT + 8, y, line, size=9.6)
                y -= 4.8
        return y - 2

    def _words(self, text: str, y: float) -> float:
        for line in wrapped(text, RIGHT - LEFT, 10):
            self.paper.text(LEFT, y, line, size=10)
            y -= 5
        return y - 2

    def _signatures(self, letter: Letter, y: float) -> None:
        p, said = self.paper, letter.content
        issued = dated(date.fromisoformat(said["dated_on"]))
        p.text(LEFT + 36, y - 5, "Petugas", size=10, align="middle")
        p.text(RIGHT - 40, y, f"{said['unit']}, {issued}", size=10, align="middle")
        p.text(RIGHT - 40, y - 5, "Manajer Unit", size=10, align="middle")
        for x, name in ((LEFT + 36, said["name"] or letter.officer), (RIGHT - 40, "")):
            p.line(np.array([[x - 32, y - 29], [x + 32, y - 29]]), looks.INK, 0.25, butt=True)
            p.text(x, y - 27.6, name, size=10, align="middle", fit=62)

    def _turn(self, letter: Letter) -> float:
        self._foot(letter)
        self.paper.next_page()
        self.paper.text(RIGHT, TOP, f"Surat tugas {letter.number}", size=8.6, colour=looks.INK2, align="right")  # fmt: skip
        return TOP - 10

    def _foot(self, letter: Letter) -> None:
        self.paper.text(LEFT, 12, letter.number, size=7.6, colour=looks.INK2)


def dated(day: date) -> str:
    """Write a day: 3 Desember 2024."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _rule(paper: Paper, y: float, width: float) -> None:
    paper.line(np.array([[LEFT, y], [RIGHT, y]]), looks.INK, width, butt=True)

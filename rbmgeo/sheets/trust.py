"""A page of paper for the office's wall: QR code and steps to trust its own HTTPS, in both languages."""

from rbmgeo.keys.certificates import Certified
from rbmgeo.labels.tls import STEPS, WHY
from rbmgeo.sheets import looks
from rbmgeo.sheets.deed import wrapped
from rbmgeo.sheets.pdf import A4, BOLD, STRONG, TEXT, Paper

LEFT, RIGHT, TOP = 18.0, 192.0, 280.0


def trust_sheet(told: Certified, *, address: str, door: str) -> bytes:
    """Draw the page (A4, PDF). ``address``: of the pages; ``door``: what the QR code says."""
    p = Paper(A4, title="rbmgeo HTTPS")
    p.text(LEFT, TOP - 4, "rbmgeo di HP / on phones", size=18, font=BOLD)
    p.text(LEFT, TOP - 11, address, size=11)
    p.text(LEFT, TOP - 17, f"QR: {door}", size=9, colour=looks.INK2)
    p.qr(RIGHT - 38, TOP - 36, 40, door)
    p.text(LEFT, TOP - 26, f"Sidik jari / fingerprint SHA-256 ({told.ca_until:%Y-%m-%d})", size=9, colour=looks.INK2)  # fmt: skip
    half = len(told.fingerprint) // 2
    p.text(LEFT, TOP - 31, told.fingerprint[: half + 1], size=8, font=STRONG)
    p.text(LEFT, TOP - 35, told.fingerprint[half + 1 :], size=8, font=STRONG)
    low = _steps(p, 0, TOP - 48, address)
    _steps(p, 1, low - 5, address)
    p.next_page()
    return p.done()


def _steps(p: Paper, lang: int, y: float, address: str) -> float:
    p.text(LEFT, y, ("Bahasa Indonesia", "English")[lang], size=12, font=BOLD)
    y -= 6
    for title, steps in STEPS.values():
        p.text(LEFT, y, title[lang], size=10, font=BOLD)
        y -= 5
        for n, step in enumerate(steps, start=1):
            p.text(LEFT + 2, y, f"{n}.", size=9.5)
            for line in wrapped(step[lang].format(a=address), RIGHT - LEFT - 9, 9.5):
                p.text(LEFT + 8, y, line, size=9.5, font=TEXT)
                y -= 4.6
    for line in wrapped(WHY[lang], RIGHT - LEFT, 8.5):
        p.text(LEFT, y, line, size=8.5, colour=looks.INK2)
        y -= 4.2
    return y

"""The head and the side column of a sheet: what it is, who walks, legend, place, QR, signatures."""

import numpy as np

from rbmgeo.sheets import looks, signs
from rbmgeo.sheets.content import Overview, Sheet
from rbmgeo.sheets.pdf import BOLD, STRONG, TEXT, Paper, width_of

X, W = 333.0, 78.0
RIGHT = X + W


def head(paper: Paper, sheet: Sheet, *, words: str = "", title: str = "") -> None:
    """Write the title above the map."""
    y = 275.0
    title = title or sheet.title
    paper.text(9, y, title, size=27, font=BOLD)
    x = 9 + width_of(title, BOLD, 27) + 7
    paper.text(x, y + 4.6, f"ULP {sheet.ulp} {sheet.unit}" if sheet.unit != sheet.ulp else f"ULP {sheet.ulp}", size=11, colour=looks.INK2)  # fmt: skip
    paper.text(x, y - 0.6, f"periode {sheet.period}", size=11, font=BOLD)
    if words:
        paper.text(x + 46, y - 0.6, words, size=11, colour=looks.INK2)
    right = 327.0
    if sheet.sample:
        right = _tag(paper, right, y, "data contoh (rekaan)") - 3
    if sheet.draft:
        _tag(paper, right, y, "DRAF, belum berlaku")


def _tag(paper: Paper, right: float, y: float, words: str) -> float:
    wide = width_of(words, STRONG, 9.5) + 6
    paper.box(right - wide, y - 1.6, wide, 6.4, fill=looks.WARN_SOFT, edge=looks.WARN, width=0.2, round_=3.1)  # fmt: skip
    paper.text(right - wide / 2, y + 0.5, words, size=9.5, font=STRONG, colour=looks.WARN, align="middle")  # fmt: skip
    return right - wide


def side(paper: Paper, sheet: Sheet, *, pages: int, tables: tuple[int, int]) -> None:
    """Draw the side column of the first page."""
    y = 283.0
    y = _facts(paper, sheet, y)
    y = _counts(paper, sheet, y - 5.5)
    y = _legend(paper, sheet, y - 5.5)
    low = 62.0
    if sheet.overview is not None and y - 5.5 - low > 30:
        _place(paper, sheet, sheet.overview, y - 5.5, min(64.0, y - 5.5 - low - 6))
    _qr(paper, sheet, tables)
    _signatures(paper, sheet)
    foot(paper, sheet, page=1, pages=pages)


def foot(paper: Paper, sheet: Sheet, *, page: int, pages: int) -> None:
    """Write when it was printed and which page this is."""
    paper.text(X, 9.4, f"{sheet.printed}. Lembar {page} dari {pages}.", size=7.6, colour=looks.INK2)


def _heading(paper: Paper, y: float, words: str) -> float:
    paper.text(X, y, words, size=10, font=BOLD)
    paper.line(np.array([[X, y - 1.8], [RIGHT, y - 1.8]]), looks.INK, 0.3, butt=True)
    return y - 6.6


def _facts(paper: Paper, sheet: Sheet, y: float) -> float:
    y = _heading(paper, y, "Lembar baca" if sheet.is_rbm else "Gardu")
    for name, value in sheet.facts:
        paper.text(X, y, name, size=9.2, colour=looks.INK2)
        paper.text(RIGHT, y, value, size=9.2, font=BOLD, align="right", fit=W - width_of(name, TEXT, 9.2) - 3)  # fmt: skip
        y -= 5.2
    for note in sheet.notes:
        paper.text(X, y, note, size=7.8, colour=looks.INK2, fit=W)
        y -= 4.4
    return y + 2.0


def _counts(paper: Paper, sheet: Sheet, y: float) -> float:
    """Write the customers by gardu (or by RBM); they sum to the customers of the sheet."""
    if sheet.is_rbm:
        said = sheet.houses["gardu"].astype(object)
        counts = said.where(said.notna(), "belum diketahui").value_counts().sort_index().items()
        y = _heading(paper, y, "Pelanggan per gardu")
    else:
        counts = ((c or "tanpa RBM", n) for c, n in signs.rbm_counts(sheet).items())
        y = _heading(paper, y, "Pelanggan per RBM")
    rows = [(str(c), int(n)) for c, n in counts]
    most = 14
    rows.sort(key=lambda one: (-one[1], one[0]))
    if len(rows) > most:
        rest = rows[most - 1 :]
        rows = [*rows[: most - 1], (f"{len(rest)} lainnya", sum(n for _, n in rest))]
    lines = (len(rows) + 1) // 2 if len(rows) > 4 else len(rows)
    wide = (W - 6) / 2 if len(rows) > 4 else W
    marks = signs.rbm_signs(sheet) if not sheet.is_rbm else {}
    for k, (code, n) in enumerate(rows):
        x, at = X + (k // lines) * (wide + 6), y - (k % lines) * 4.9
        shift = 0.0
        if not sheet.is_rbm and not code.endswith("lainnya"):
            signs.house(paper, x + 1.4, at + 1.1, marks.get(code, ("disc", looks.INK3)), 1.1)
            shift = 4.2
        paper.text(x + shift, at, code, size=8.8, fit=wide - 12)
        paper.text(x + wide, at, f"{n:,}".replace(",", "."), size=8.8, font=STRONG, align="right")
        paper.line(np.array([[x, at - 1.4], [x + wide, at - 1.4]]), looks.LINE, 0.18, butt=True)
    return y - lines * 4.9 + 1.6


def _legend(paper: Paper, sheet: Sheet, y: float) -> float:
    y = _heading(paper, y, "Keterangan")
    entries = ["house", "tied", "gardu"]
    if sheet.is_rbm:
        entries = ["walk", "guess", "start", "end", "house", "tied", "gardu", "other"]
    if len(sheet.spans):
        entries.append("jtr")
    entries += ["border", "neighbour"]
    rows = (len(entries) + 1) // 2
    for k, name in enumerate(entries):
        _entry(paper, sheet, name, X + (k // rows) * 40.5, y - (k % rows) * 5.6)
    return y - rows * 5.6 + 2.2


_WORDS = {
    "walk": "jalan baca, arahnya", "guess": "lintasan perkiraan", "start": "mulai", "end": "selesai",
    "house": "rumah, nomor urut", "tied": "nomor di samping", "gardu": "gardu sendiri",
    "other": "gardu lain", "jtr": "JTR dan tiang", "border": "batas", "neighbour": "rumah lain",
}  # fmt: skip


def _entry(paper: Paper, sheet: Sheet, name: str, x: float, y: float) -> None:
    my = y + 1.1
    line = np.array([[x, my], [x + 9, my]])
    if name == "walk":
        paper.line(line, looks.PRIMARY, 0.42)
        paper.area([signs._head(np.array([x + 5, my]), np.array([1.0, 0.0]), 1.15)], looks.PRIMARY)
    elif name == "guess":
        paper.line(line, looks.PRIMARY, 0.28, dash=(1.1, 0.9))
    elif name == "start":
        signs.start(paper, x + 4.5, my)
    elif name == "end":
        signs.finish(paper, x + 4.5, my)
    elif name in ("house", "tied"):
        at = x + (4.5 if name == "house" else 6.4)
        if name == "tied":
            paper.line(np.array([[x + 1, my - 0.6], [x + 4.8, my]]), looks.INK2, 0.16)
            signs.house(paper, x + 1, my - 0.6, ("disc", looks.INK), 0.4)
        paper.box(at - 1.8, my - 1.35, 3.6, 2.7, fill="#FFFFFF", edge=looks.INK2, width=0.15, round_=0.45)  # fmt: skip
        paper.figures([(at, my, "46")], 6.4, TEXT, looks.INK)
    elif name == "gardu":
        signs.bolt(paper, x + 4.5, my, 1.7)
    elif name == "other":
        signs.bolt(paper, x + 4.5, my, 1.1, own=False)
    elif name == "jtr":
        strong = not sheet.is_rbm
        paper.line(line, looks.INK if strong else looks.JTR, 0.5 if strong else 0.24)
        for px in (x + 1, x + 8):
            paper.disc(px, my, 0.5, fill="#FFFFFF", edge=looks.INK2, width=0.16)
    elif name == "border":
        paper.line(line, looks.INK, 0.42, dash=(3.2, 1.1, 0.7, 1.1), butt=True)
    else:
        paper.box(x + 3.8, my - 0.75, 1.5, 1.5, fill=looks.OTHER_HOUSE, edge=looks.OTHER_EDGE, width=0.1)  # fmt: skip
    words = _WORDS[name]
    if name == "house" and not sheet.is_rbm:
        words = "rumah, baris tabel"
    if name == "border":
        words = "batas RBM" if sheet.is_rbm else "wilayah gardu"
    paper.text(x + 11, y, words, size=8.6)


def _place(paper: Paper, sheet: Sheet, over: Overview, top: float, high: float) -> None:
    """Draw where in the unit the sheet lies; the unit itself is drawn once a file."""
    y = _heading(paper, top, "Letak di ULP")
    low = y + 3.2 - high
    wide = over.high[0] - over.low[0], over.high[1] - over.low[1]
    one = min(W / wide[0], high / wide[1])
    shift = np.array([X + (W - wide[0] * one) / 2, low + (high - wide[1] * one) / 2])
    paper.box(X, low, W, high, fill=looks.GROUND)
    paper.clip(X, low, W, high)
    paper.lines([(r - over.low) * one + shift for r in over.outline], looks.INK3, 0.2)
    paper.lines([(r - over.low) * one + shift for r in over.roads], "#B9B4A8", 0.22)
    for x, y_ in np.unique((((over.gardu - over.low) * one + shift) / 0.4).round(), axis=0) * 0.4:
        paper.disc(x, y_, 0.34, fill="#B9B4A8")
    here = sheet.houses[["x", "y"]].dropna().to_numpy(dtype=float)
    for x, y_ in np.unique((((here - over.low) * one + shift) / 0.25).round(), axis=0) * 0.25:
        paper.disc(x, y_, 0.55, fill=looks.PRIMARY)
    paper.unclip()
    paper.box(X, low, W, high, edge=looks.INK, width=0.25)


def _qr(paper: Paper, sheet: Sheet, tables: tuple[int, int]) -> None:
    paper.qr(X - 1.4, 36.5, 24, sheet.link)
    words = ["Halaman lembar ini di rbmgeo." if "://" in sheet.link else "Keterangan lembar ini."]
    first, last = tables
    if last >= first:
        words.append("Daftar pelanggan:")
        words.append(f"lembar {first}." if first == last else f"lembar {first} sampai {last}.")
    for k, line in enumerate(words):
        paper.text(X + 26, 51.5 - k * 4.4, line, size=8.8)


def _signatures(paper: Paper, sheet: Sheet) -> None:
    wide = (W - 4) / 2
    for k, (role, name) in enumerate(sheet.signers):
        x = X + k * (wide + 4)
        paper.box(x, 14.5, wide, 20.0, edge=looks.INK3, width=0.2)
        paper.text(x + 1.8, 31.2, role, size=7.8, colour=looks.INK2)
        if name:
            paper.text(x + 1.8, 16.2, name, size=7.8)

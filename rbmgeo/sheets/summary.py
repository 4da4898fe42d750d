"""The summary of a month on one A4 page: its sentences, and a place to sign."""

from datetime import date
from typing import Any

from rbmgeo.labels.figures import month
from rbmgeo.sheets.letter import dated
from rbmgeo.sheets.written import Written


def draw_summary(content: dict[str, Any], sha256: str) -> bytes:
    """Draw what is signed, in Indonesian; the same content gives the same bytes."""
    name = f"Ringkasan {month(content['blth'])}"
    page = Written(
        f"{name}, ULP {content['unit']}", foot=f"{name}, ULP {content['unit']} ({content['ulp']})",
        sample=content["sample"], sha256=sha256,
    )  # fmt: skip
    up3 = f"UP3 {content['up3']}, " if content["up3"] else ""
    on = dated(date.fromisoformat(content["on"]))
    page.head(
        f"{up3}ULP {content['unit']} ({content['ulp']})",
        f"Ringkasan bulan {month(content['blth'])}", f"Pembaruan RBM per gardu (SOP IV), keadaan {on}",
    )  # fmt: skip
    page.listed([s["id"] for s in content["sentences"]])
    page.words(
        "Setiap angka dapat dibuka sampai barisnya di halaman Bulan ini. Yang belum ada disebut belum ada, bukan nol.",
        size=9, step=4.4,
    )  # fmt: skip
    signer = content["signer"]
    page.signature(content["place"], on, signer["name"], signer["position"])
    return page.done()

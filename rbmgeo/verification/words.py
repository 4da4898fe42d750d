"""A verification in one sentence, in Indonesian and English: what was seen, and what it cannot prove."""

from collections.abc import Mapping
from typing import Any

Pair = tuple[str, str]


def sentence(told: Mapping[str, Any], state: str) -> Pair:
    """Say what a verification found.

    ``told``: `rbmgeo.workflows.verification.facts_of`; ``state``: ``berjalan``, or the word
    that closed it.
    """
    if state == "batal":
        return ("Dibatalkan; tidak menyatakan apa pun.", "Given up; it says nothing.")
    seen, wrong = told["seen"], told["wrong"]
    found = (
        f"{_n(wrong, 'id')} dari {_n(seen, 'id')} beda",
        f"{_n(wrong, 'en')} of {_n(seen, 'en')} differ",
    )
    if told["samples"] > 1:
        found = (
            f"1 kesalahan pasti pada sampel pertama; sampel baru {found[0]}",
            f"1 confirmed error in the first sample; of the fresh sample {found[1]}",
        )
    if state == "diterima":
        risk = chance(told)
        return (
            f"{found[0]}: gardu diterima; {risk[0]}.",
            f"{found[1]}: gardu accepted; {risk[1]}.",
        )
    if state == "kembali_survei":
        return (
            f"{_n(told['confirmed'], 'id')} catatan pasti salah dari {_n(told['seen_all'], 'id')} "
            "rumah yang dilihat: seluruh gardu kembali ke survei.",
            f"{_n(told['confirmed'], 'en')} records surely wrong of {_n(told['seen_all'], 'en')} "
            "houses seen: the whole gardu goes back to the survey.",
        )
    more = (
        (
            f", {_n(told['waiting'], 'id')} menunggu lihat kedua",
            f", {_n(told['waiting'], 'en')} wait for a second look",
        )
        if told["waiting"]
        else ("", "")
    )
    return (
        f"{_n(seen, 'id')} dari {_n(told['size'], 'id')} dilihat, "
        f"{_n(told['confirmed'], 'id')} pasti beda{more[0]}.",
        f"{_n(seen, 'en')} of {_n(told['size'], 'en')} seen, "
        f"{_n(told['confirmed'], 'en')} surely differ{more[1]}.",
    )


def chance(told: Mapping[str, Any]) -> Pair:
    """Say how likely a bad gardu passes: "kalau 10 % (4 dari 40) salah, peluang lolos 9,8 %"."""
    share, passes = told["tolerated"] / told["lot"], told["chance"]
    return (
        f"kalau {_pct(share, 'id')} ({_n(told['tolerated'], 'id')} dari {_n(told['lot'], 'id')}) "
        f"salah, peluang lolos {_pct(passes, 'id')}",
        f"if {_pct(share, 'en')} ({_n(told['tolerated'], 'en')} of {_n(told['lot'], 'en')}) were "
        f"wrong, it would pass with a chance of {_pct(passes, 'en')}",
    )


def cannot(told: Mapping[str, Any]) -> Pair:
    """Say what a verification cannot prove."""
    left = max(told["lot"] - told["seen"], 0)
    if not left:
        return (
            "Semua rumah gardu ini dilihat; yang tersisa hanya kekeliruan pemeriksa sendiri.",
            "Every house of this gardu was looked at; what remains is a checker's own mistake.",
        )
    return (
        f"Yang tidak bisa dibuktikan: {_n(left, 'id')} rumah tidak dilihat; di antaranya masih "
        f"mungkin sampai {_n(told['left_most'], 'id')} yang salah (risiko "
        f"{_pct(told['risk'], 'id')}). Satu jawaban cocok adalah kata satu orang.",
        f"What it cannot prove: {_n(left, 'en')} houses were not looked at; up to "
        f"{_n(told['left_most'], 'en')} of them may still be wrong (risk {_pct(told['risk'], 'en')}). "
        "One answer that agrees is one person's word.",
    )


def short(told: Mapping[str, Any] | None, state: str | None) -> str:
    """Write a result for the narrow column of a deed, in Indonesian."""
    if told is None or state in (None, "batal"):
        return "belum diverifikasi"
    seen = f"{told['wrong']}/{told['seen']}"
    if state == "diterima":
        return f"diterima, {seen}"
    if state == "kembali_survei":
        return f"kembali ke survei, {told['confirmed']}/{told['seen_all']}"
    if state == "berubah":
        return f"berubah sesudah {seen}"
    return f"berjalan, {told['seen']}/{told['size']}"


def _n(value: int, lang: str) -> str:
    text = f"{int(value):,}"
    return text.replace(",", ".") if lang == "id" else text


def _pct(value: float, lang: str) -> str:
    text = f"{100 * value:.1f}".removesuffix(".0")
    return (text.replace(".", ",") if lang == "id" else text) + " %"

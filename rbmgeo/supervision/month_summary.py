"""A month in ten sentences at most, to be signed: figures in, sentences in both languages out."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from rbmgeo.labels import LANGUAGES, text
from rbmgeo.labels.figures import exact, figure, share
from rbmgeo.sampling.estimate import wilson

Figures = dict[str, Any]
#: What a summary tells, in its order, a sentence each; who signs reads no more than these.
TOPICS = (
    "read", "day", "questions", "photos", "stands", "findings", "survey", "verification",
    "handoff", "kwh",
)  # fmt: skip
#: States of a verified gardu as the sentence counts them.
GARDU_STATES = ("accepted", "waiting", "failed")


@dataclass(frozen=True)
class Sentence:
    """One sentence about one topic, in both languages."""

    topic: str
    id: str
    en: str


def sentences(figures: Figures) -> list[Sentence]:
    """Return the summary of a month, a sentence a topic of `TOPICS`.

    ``figures``: by topic a dict of plain numbers, None where there is nothing to tell yet (it is
    said, and no zero stands for it).
    """
    said = {lang: {t: _said(t, figures.get(t), lang) for t in TOPICS} for lang in LANGUAGES}
    return [Sentence(t, said["id"][t], said["en"][t]) for t in TOPICS]


def verified(gardu: pd.DataFrame | None) -> dict[str, int] | None:
    """Count gardu by what became of their verification; None where none was verified.

    ``gardu``: a row per gardu with ``state``, one of `GARDU_STATES`.
    """
    if gardu is None or gardu.empty:
        return None
    unknown = sorted(set(gardu["state"]) - set(GARDU_STATES))
    if unknown:
        raise ValueError(f"state of a gardu is {unknown[0]!r}, expected one of {', '.join(GARDU_STATES)}")  # fmt: skip
    return {name: int((gardu["state"] == name).sum()) for name in GARDU_STATES}


def content_hash(content: dict[str, Any]) -> str:
    """Return the hash of what is signed; the same content gives the same hash."""
    told = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def changed(then: list[dict[str, str]], now: list[Sentence]) -> list[tuple[dict[str, str], Sentence]]:  # fmt: skip
    """Return the sentences that were signed and would read otherwise now: (then, now).

    ``then``: `Sentence` as it was kept. A topic that is told now and was not then has changed too.
    """
    was = {s["topic"]: s for s in then}
    none = {"topic": "", "id": "", "en": ""}
    return [(was.get(s.topic, none), s) for s in now if was.get(s.topic, none)["id"] != s.id]


def _said(topic: str, told: Any, lang: str) -> str:
    """Write one sentence."""
    if topic == "photos":
        return _photos(told or {}, lang)
    if topic == "verification":
        return _verification(told or {}, lang)
    if topic == "kwh" and told:
        return _kwh(told, lang)
    if not told:
        return text(f"sum.{topic}.none", lang)
    values = {n: v if isinstance(v, str) else figure(v, lang) for n, v in told.items()}
    if topic == "read":
        values["share"] = share(told["read"] / told["customers"], lang)
    return text(f"sum.{topic}", lang, **values)


def _photos(told: Figures, lang: str) -> str:
    looked = {name: _looked(told.get(name), lang) for name in ("photo", "field")}
    field = text("sum.field", lang, **looked["field"]) if looked["field"] else text("sum.field.none", lang)  # fmt: skip
    if not looked["photo"]:
        return text("sum.photos.none", lang, field=field)
    return text("sum.photos", lang, field=field, **looked["photo"])


def _looked(told: Figures | None, lang: str) -> dict[str, str]:
    """Return how many of how many differ with Wilson's interval; nothing where none was seen."""
    if not told or not told["seen"]:
        return {}
    low, high = wilson(told["other"], told["seen"])
    return {
        "other": figure(told["other"], lang), "seen": figure(told["seen"], lang),
        "low": share(low, lang), "high": share(high, lang),
    }  # fmt: skip


def _verification(told: Figures, lang: str) -> str:
    gardu = told.get("gardu")
    words = text("sum.gardu.none", lang)
    if gardu:
        words = text("sum.gardu", lang, **{n: figure(gardu[n], lang) for n in GARDU_STATES})
    return text(
        "sum.verification", lang, decided=figure(told.get("decided", 0), lang),
        waiting=figure(told.get("waiting", 0), lang), gardu=words,
    )  # fmt: skip


def _kwh(told: Figures, lang: str) -> str:
    before = told.get("before")
    if before is None or not Decimal(before):
        return text("sum.kwh.alone", lang, kwh=exact(told["kwh"], lang))
    change = float(Decimal(told["kwh"]) / Decimal(before)) - 1
    sign = "+" if change > 0 else ""
    return text("sum.kwh", lang, kwh=exact(told["kwh"], lang), change=sign + share(change, lang))

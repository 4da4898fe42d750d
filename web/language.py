"""Indonesian first, English beside it: sentences stand in pairs where they are shown."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, g, request, session
from markupsafe import Markup, escape

from rbmgeo.labels import LANGUAGES, text
from rbmgeo.labels.questions import asked
from rbmgeo.labels.rules import RULES, words
from rbmgeo.verification.words import cannot, sentence
from web.database import settings
from web.exports.told import telling
from web.words import WORDS

ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
NONE = "–"


def lang() -> str:
    """Return the language of the one who asks: chosen, else the product's."""
    chosen = session.get("lang") if request else None
    found = chosen or settings().lang
    return found if found in LANGUAGES else "id"


def tr(indonesian: str, english: str, **values: object) -> str | Markup:
    """Return the sentence in the reader's language, its values escaped."""
    chosen = indonesian if lang() == "id" else english
    if not values:
        return chosen
    return Markup(escape(chosen)).format(**values)


def label(key: str, **values: object) -> str:
    """Return a sentence of `rbmgeo.labels`; an unknown state is shown as it is."""
    if key in WORDS:
        return WORDS[key][LANGUAGES.index(lang())]
    try:
        return text(key, lang(), **values)
    except KeyError:
        return key.rpartition(".")[2].replace("_", " ")


def question(kept: str) -> str:
    """Return a surveyor's question in words, with the gardu, jurusan and pole that it names."""
    return asked(kept, lang())


@telling("number")
def num(value: Any, digits: int = 0) -> str:
    """Write a number with the reader's signs and a true minus; nothing known is a dash."""
    if value is None or value != value:
        return NONE
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    shown = format_decimal(Decimal(str(value)), format=pattern, locale=lang())
    return str(shown).replace("-", "−")


def shown(value: Any) -> Any:
    """Return what a cell holds; nothing, however a table says it, is a dash."""
    return NONE if value is None or value == "" or value != value else value


@telling("number")
def exact(value: Any) -> str:
    """Write a decimal number with all digits it has (kWh that must equal the source)."""
    if value is None or value != value:
        return NONE
    normal = Decimal(str(value)).normalize()
    digits = max(0, -int(normal.as_tuple().exponent))
    return num(value, digits)


@telling("share")
def pct(share: Any, digits: int = 1) -> str:
    """Write a share of 1 as a percentage."""
    return NONE if share is None or share != share else f"{num(100 * float(share), digits)} %"


def month(blth: str | None, *, short: bool = False) -> str:
    """Write a billing month: Desember 2024."""
    if not blth:
        return NONE
    first = date(int(blth[:4]), int(blth[4:]), 1)
    return str(format_date(first, "MMM y" if short else "MMMM y", locale=lang()))


@telling("day")
def day(value: date | None) -> str:
    """Write a date: 23 Okt 2026."""
    return NONE if value is None else str(format_date(value, "d MMM y", locale=lang()))


@telling("moment")
def when(value: datetime | None) -> str:
    """Write a moment in the unit's own zone: 23 Okt 2026 07.40 WIB."""
    if value is None:
        return NONE
    zone = g.unit.time_zone if g.get("unit") else "Asia/Jakarta"
    local = value.astimezone(ZoneInfo(zone))
    clock = local.strftime("%H.%M" if lang() == "id" else "%H:%M")
    return f"{day(local.date())} {clock} {ZONES.get(zone, '')}".strip()


@telling("text")
def grouped(idpel: str | None) -> str:
    """Write an idpel 4-4-4 for the eye."""
    if not idpel:
        return NONE
    return " ".join(idpel[i : i + 4] for i in range(0, len(idpel), 4))


def register(app: Flask) -> None:
    """Give the templates the language and its formats."""
    app.jinja_env.filters.update(
        capitalize_first=lambda text: f"{str(text)[:1].upper()}{str(text)[1:]}",
        column_label=lambda ours: label(f"column.{ours}"),
    )
    app.jinja_env.globals.update(
        rule_words=lambda rule: words(rule, lang()) if rule in RULES else rule,
        _=tr, tr=tr, label=label, asked=question, lang=lang, num=num, exact=exact, pct=pct, month=month, day=day,
        when=when, shown=shown, grouped=grouped, NONE=NONE,
        check_words=lambda told, state: _spoken(sentence(told, state)),
        check_limits=lambda told: _spoken(cannot(told)),
    )  # fmt: skip


def _spoken(pair: tuple[str, str]) -> str:
    return pair[LANGUAGES.index(lang())]

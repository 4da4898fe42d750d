"""What a unit sets for its papers: numbers, who signs, its own paragraphs (SOP IV.7, II, VI)."""

import re
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from rbmgeo.db.queries import units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import FormKind

#: Names of `UnitSettings` that papers are written with.
DEEDS = (
    "deed_number", "deed_place", "deed_giver_name", "deed_giver_position", "deed_receiver_name",
    "deed_receiver_position", "deed_opening", "deed_closing",
)  # fmt: skip
FORMS = ("form_number", "form_signer_name", "form_signer_position", "form_words")
#: Letters of a line, and of a paragraph.
LINE, PARAGRAPH = 120, 2000


def set_documents(session: Session, ulp: str, values: dict[str, Any], *, who: str) -> UnitSettings:
    """Keep some settings of a unit's papers, the others stay; papers issued stay as they are.

    Raises
    ------
    UsageError
        If a pattern gives two papers one number, a text is too long, or a name is none of these.
    """
    unknown = sorted(set(values) - {*DEEDS, *FORMS})
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no setting of papers", f"{unknown[0]!r} bukan setelan dokumen")  # fmt: skip
    told = {name: _checked(name, value) for name, value in values.items()}
    was = units.unit_settings(session, ulp=ulp)
    try:
        now = UnitSettings.of({**was.model_dump(), **told})
    except ValidationError as fault:
        name = str(fault.errors()[0]["loc"][0])
        raise UsageError(
            f"{name} would give two papers one number; it holds {{number}}"
            f"{' and {kind}' if name == 'form_number' else ''}, and may hold {{ulp}}, {{month}}, {{year}}",
            f"{name} memberi dua dokumen nomor yang sama; isi {{number}}"
            f"{' dan {kind}' if name == 'form_number' else ''}, boleh juga {{ulp}}, {{month}}, {{year}}",
        ) from fault
    before, after = was.model_dump(mode="json"), now.model_dump(mode="json")
    changed = {n: after[n] for n in told if after[n] != before[n]}
    if not changed:
        return was
    units.set_unit(session, ulp=ulp, settings=changed)
    # Who signs is named on every paper; whose names they were is not for the log.
    log_command(session, who=who, ulp=ulp, command="document settings", after={"changed": sorted(changed)})  # fmt: skip
    return now


def _checked(name: str, value: Any) -> Any:
    if name == "form_words":
        return {str(k): _text(k, v, PARAGRAPH) for k, v in value.items() if k in set(FormKind) and v.strip()}  # fmt: skip
    return _text(name, value, PARAGRAPH if name in ("deed_opening", "deed_closing") else LINE)


def _text(name: str, value: str, most: int) -> str:
    text = re.sub(r"[ \t]+", " ", value.replace("\r\n", "\n")).strip()
    if len(text) > most:
        raise UsageError(
            f"{name} has {len(text)} letters; at most {most} fit on the paper",
            f"{name} {len(text)} huruf; paling banyak {most} muat di kertas",
        )
    return text

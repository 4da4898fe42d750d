"""The form of a job as data: its outcomes, what each of them asks for, what must be there.

The phone draws its screens from this and the server holds records to it: one form, two readers.
Words are keys of the labels: ``visit.<job>.outcome.<code>``, ``visit.field.<name>``,
``visit.choice.<code>``, ``visit.photo.<kind>``, ``visit.conduct.<code>``.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rbmgeo.fieldwork.record import Refusal
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.terms import FieldJob

#: A field that every outcome asks for.
ALWAYS: frozenset[str] = frozenset({"*"})
NEVER: frozenset[str] = frozenset()

Kind = Literal[
    "choice", "number", "whole", "text", "flag", "photo", "signature", "gardu", "pole", "place"
]


@dataclass(frozen=True)
class Field:
    """One thing that is asked for.

    ``needed`` and ``shown``: the outcomes that must, or may, have it (``ALWAYS``: all);
    ``choices``: codes of a choice; ``most``: letters of a text; ``low``, ``high``: bounds of a
    number, in the unit of its name; ``rule``: where it comes from (SOP section or rule id).
    """

    name: str
    kind: Kind
    rule: str
    needed: frozenset[str] = NEVER
    shown: frozenset[str] = ALWAYS
    choices: tuple[str, ...] = ()
    most: int = 500
    low: float | None = None
    high: float | None = None

    def asked(self, outcome: str) -> bool:
        """Say whether an outcome may have it."""
        return self.must(outcome) or bool(self.shown & {"*", outcome})

    def must(self, outcome: str) -> bool:
        """Say whether an outcome must have it."""
        return bool(self.needed & {"*", outcome})


@dataclass(frozen=True)
class Outcome:
    """What a visit can come to; ``closes``: nobody needs to go again; ``usual``: the big button."""

    code: str
    closes: bool = True
    usual: bool = False


@dataclass(frozen=True)
class JobForm:
    """Outcomes and fields of a job, its most usual outcome first, and the conduct asked for."""

    job: FieldJob
    outcomes: tuple[Outcome, ...]
    fields: tuple[Field, ...]
    conduct: tuple[str, ...] = ()

    def outcome(self, code: str) -> Outcome | None:
        """Return an outcome by its code, None where the form has no such."""
        return next((o for o in self.outcomes if o.code == code), None)

    def as_data(self) -> dict[str, Any]:
        """Return the form as a phone takes it: plain values, sets as sorted lists."""
        told = asdict(self)
        told["job"] = str(self.job)
        for field in told["fields"]:
            field["needed"], field["shown"] = sorted(field["needed"]), sorted(field["shown"])
        return told


def refusals(form: JobForm, it: Visit) -> list[Refusal]:
    """Return what a visit lacks of its form, or says that the form does not know.

    The record is kept all the same and waits for a person (`rbmgeo.fieldwork.receive`).
    """
    outcome = form.outcome(it.outcome)
    if outcome is None:
        said = ", ".join(o.code for o in form.outcomes)
        return [_refusal("outcome", "SOP", f"hasil salah satu dari: {said}", f"the outcome is one of: {said}")]  # fmt: skip
    known = {f.name for f in form.fields}
    out = [
        _refusal(name, "SOP", "formulir tidak mengenal isian ini", "the form knows no such field")
        for name in it.values if name not in known
    ]  # fmt: skip
    for field in form.fields:
        value = _value(field, it)
        if value in (None, "", []):
            if field.must(it.outcome):
                out.append(_refusal(field.name, field.rule, "wajib diisi untuk hasil ini", "is needed for this outcome"))  # fmt: skip
        elif fault := _fault(field, value):
            out.append(_refusal(field.name, field.rule, *fault))
    return out


def _value(field: Field, it: Visit) -> Any:
    if field.kind in ("photo", "signature"):
        return it.photo(field.name)
    return it.place if field.kind == "place" else it.values.get(field.name)


def _fault(field: Field, value: Any) -> tuple[str, str] | None:
    """Return what is wrong with a value, in both languages; None where nothing is."""
    if field.kind in ("number", "whole"):
        number = None if isinstance(value, bool) else value
        if not isinstance(number, int | float) or (field.kind == "whole" and number != int(number)):
            return "adalah angka", "is a number"
        low = field.low if field.low is not None else number
        high = field.high if field.high is not None else number
        if not low <= number <= high:
            return f"antara {low:g} dan {high:g}", f"is between {low:g} and {high:g}"
    elif field.kind == "choice" and value not in field.choices:
        said = ", ".join(field.choices)
        return f"salah satu dari: {said}", f"is one of: {said}"
    elif field.kind == "flag" and not isinstance(value, bool):
        return "ya atau tidak", "is yes or no"
    elif field.kind in ("text", "gardu", "pole") and not (
        isinstance(value, str) and len(value) <= field.most
    ):
        return f"teks paling panjang {field.most} huruf", f"is a text of at most {field.most} letters"  # fmt: skip
    return None


def _refusal(column: str, rule: str, indonesian: str, english: str) -> Refusal:
    return Refusal(column, rule, indonesian, english)


def words_of(form: JobForm) -> list[str]:
    """Return the keys of every word that the form says, for the phone to bring along."""
    keys = [f"visit.{form.job}.title"]
    keys += [f"visit.{form.job}.outcome.{o.code}" for o in form.outcomes]
    for field in form.fields:
        said = "photo" if field.kind in ("photo", "signature") else "field"
        keys += [f"visit.{said}.{field.name}", *(f"visit.choice.{c}" for c in field.choices)]
    keys += [f"visit.conduct.{code}" for code in form.conduct]
    return list(dict.fromkeys(keys))


#: Every job's form, filled by `rbmgeo.fieldwork.jobs`.
Forms = Mapping[FieldJob, JobForm]

"""What the commands on a draft of routes share: which draft, and how far its editor had seen it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NamedTuple

import typer
from sqlalchemy.orm import Session

from rbmgeo.cli.common import Output, at_unit
from rbmgeo.db.queries import drafts, versions

Version = Annotated[int | None, typer.Option("--version", help="Number of the draft; else the newest")]  # fmt: skip
Revision = Annotated[int | None, typer.Option("--revision", help="Refuse if the draft went on since")]  # fmt: skip
Code = Annotated[str, typer.Argument(help="Code of the RBM")]


class AtDraft(NamedTuple):
    """Where a command speaks, one transaction, the unit's code and the draft's number."""

    out: Output
    session: Session
    ulp: str
    version_id: int


@contextmanager
def writing(version: int | None, ulp: str, as_json: bool, lang: str) -> Iterator[AtDraft]:
    """Open a draft in one transaction; what the command did is kept once the block is left."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        yield _found(out, session, ulp, version)


@contextmanager
def reading(version: int | None, ulp: str, as_json: bool, lang: str) -> Iterator[AtDraft]:
    """Open a draft to look at it."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        yield _found(out, session, ulp, version)


def seen(session: Session, ulp: str, version_id: int, revision: int | None) -> int:
    """Return the revision that is named, else the one that the draft has now."""
    if revision is not None:
        return revision
    draft = drafts.found(session, ulp=ulp, version_id=version_id)
    return draft.revision if draft else 0


def _found(out: Output, session: Session, ulp: str, version: int | None) -> AtDraft:
    there = versions.version(session, ulp=ulp, version_id=version)
    return AtDraft(out, session, ulp, int(there.version_id))

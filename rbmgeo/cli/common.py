"""What every command shares: the unit, the language, one object on standard output."""

import json
import re
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from rbmgeo.db.queries import units
from rbmgeo.db.server import database_url
from rbmgeo.db.session import Database
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.labels import LANGUAGES
from rbmgeo.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

Ulp = Annotated[str, typer.Option("--ulp", help="Code of the unit; may be left out if it is alone")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output")]
Lang = Annotated[str, typer.Option("--lang", help="id or en")]
Csv = Annotated[Path | None, typer.Option("--csv", help="Write the rows to this file")]
Who = Annotated[str, typer.Option("--who", help="On whose behalf, for the log")]
By = Annotated[str, typer.Option("--who", help="Who does it")]
Reason = Annotated[str, typer.Option("--reason", help="Why")]
SeenOn = Annotated[str, typer.Option("--on", help="Seen on this day, YYYY-MM-DD; else today")]
Newest = Annotated[str, typer.Option("--blth", help="Month YYYYMM; the newest if left out")]

#: The language in which `main` tells an error; set by the command that runs.
spoken = {"lang": "id"}


class Output:
    """Where a command speaks: facts to standard output, progress to standard error."""

    def __init__(self, *, as_json: bool = False, lang: str = "") -> None:
        self.as_json = as_json
        self.lang = lang or Settings().lang
        if self.lang not in LANGUAGES:
            raise UsageError(
                f"--lang is {self.lang!r}; it is id or en",
                f"--lang {self.lang!r}; pilih id atau en",
            )
        spoken["lang"] = self.lang
        self.console = Console(stderr=True, highlight=False)

    def say(self, indonesian: str, english: str) -> None:
        """Print a sentence, unless JSON was asked for."""
        if not self.as_json:
            typer.echo(indonesian if self.lang == "id" else english)

    def note(self, indonesian: str, english: str) -> None:
        """Print a sentence on standard error."""
        self.console.print(indonesian if self.lang == "id" else english, markup=False)

    def result(self, values: dict[str, Any]) -> None:
        """Print the one object, if JSON was asked for."""
        if self.as_json:
            typer.echo(exact_json(values))

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """Offer a function ``(step, done, total)`` that draws bars on standard error."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        quiet = not self.console.is_terminal
        with Progress(*columns, console=self.console, transient=True, disable=quiet) as bars:
            known: dict[str, Any] = {}

            def tell(step: str, done: int, total: int) -> None:
                if step not in known:
                    known[step] = bars.add_task(step, total=total or None)
                bars.update(known[step], completed=done, total=total or None)

            yield tell


def exact_json(values: dict[str, Any]) -> str:
    """Write an object as JSON; a Decimal as a number with all its digits, never through a float."""
    mark, told = f"decimal-{uuid.uuid4().hex}-", list[str]()

    def written(value: Any) -> Any:
        if isinstance(value, Decimal) and value.is_finite():
            whole = value == value.to_integral_value()
            told.append(format(value.to_integral_value() if whole else value, "f"))
            return f"{mark}{len(told) - 1}"
        return plain(value)

    text = json.dumps(values, default=written, ensure_ascii=False)
    return re.sub(f'"{mark}([0-9]+)"', lambda found: told[int(found[1])], text)


def plain(value: Any) -> Any:
    """Turn a value into what JSON has."""
    if hasattr(value, "item"):
        return value.item()
    return str(value)


def group(about: str, **more: Any) -> typer.Typer:
    """Return an empty group of commands; without a command it shows its help."""
    asked: dict[str, Any] = {"no_args_is_help": True} | more
    return typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None, help=about, **asked)


def at_unit(ulp: str, as_json: bool, lang: str) -> tuple[Output, Database, str]:
    """Return what a command on one unit needs: where it speaks, the database, the unit's code."""
    out = Output(as_json=as_json, lang=lang)
    database = open_database()
    return out, database, resolve_ulp(database, ulp)


def open_database(settings: Settings | None = None) -> Database:
    """Open the product's database; its server is started if it is ours and sleeps."""
    return Database(database_url(settings or Settings()))


def resolve_ulp(database: Database, ulp: str) -> str:
    """Return the unit asked for, or the only one there is; raises an error that lists them."""
    with database.reading() as session:
        if ulp:
            return units.unit(session, ulp=ulp).ulp
        known = [u.ulp for u in units.units(session)]
    if len(known) == 1:
        return known[0]
    if not known:
        raise NothingToDo(
            "there is no unit yet; import its first files with `rbmgeo import FILE... --ulp CODE`",
            "belum ada unit; impor berkas pertamanya dengan `rbmgeo import FILE... --ulp KODE`",
        )
    raise UsageError(
        f"several units are known ({', '.join(known)}); say which with --ulp",
        f"ada beberapa unit ({', '.join(known)}); sebutkan dengan --ulp",
    )


def write_csv(frame: "pd.DataFrame", path: Path) -> None:
    """Write a table as UTF-8 CSV with the code's column names, its index first.

    What a file said may be a formula: no cell leaves so that a spreadsheet would run it.
    """
    # Only here: `rbmgeo db up` on a warm machine must not wait for pandas.
    from rbmgeo.reports.tables import csv_bytes

    write_file(path, csv_bytes(frame))


def write_file(path: Path, data: bytes) -> None:
    """Write a file that was asked for; raises a sentence where it cannot be."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"{path} cannot be written ({error.strerror}); name a file in a folder that is there",
        f"{path} tidak bisa ditulis ({error.strerror}); sebutkan berkas dalam folder yang ada",
    )


def fail(message: str, code: int = 1) -> None:
    """Say one sentence on standard error and leave."""
    print(message, file=sys.stderr)
    raise SystemExit(code)

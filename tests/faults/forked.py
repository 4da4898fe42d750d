"""`rbmgeo` as a process of its own that need not load its libraries anew, and a whole unit's state."""

import multiprocessing
import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["rbmgeo.cli.main", "rbmgeo.cli.imports", "rbmgeo.cli.batches"])

#: What differs between two runs that did the same: numbers given out, moments, chance.
GIVEN = ("batch_id", "public_id", "point_id", "log_id", "street_id", "before_id", "data_version")
MOMENTS = ("imported_at", "created_at", "at", "undone_at")
#: A log of what was done, and what the extension brings.
APART = {"command_log", "alembic_version", "spatial_ref_sys"}


def command(argv: list[str], *, env: dict[str, str], out: Path) -> BaseProcess:
    """Start ``rbmgeo`` with arguments; both its outputs go to a file, its exit code is its own."""
    process = _CONTEXT.Process(target=_main, args=(argv, env, str(out)))
    process.start()
    return process


def _main(argv: list[str], env: dict[str, str], out: str) -> None:
    os.environ.update(env)
    said = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(said, stream)
    from rbmgeo.cli.main import main

    sys.argv = ["rbmgeo", *argv]
    main()


def state(url: str, *, exact: bool) -> dict[str, str]:
    """A checksum of every table: of every column, or but for what each run gives out anew."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        tables = connection.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                "AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1"
            )
        ).all()
        less = "".join(f" - '{n}'" for n in (() if exact else (*GIVEN, *MOMENTS)))
        return {
            t: str(
                connection.scalar(
                    text(
                        f"SELECT count(*) || ' ' || COALESCE(md5(string_agg(r, '|' ORDER BY r)), '') "
                        f"FROM (SELECT (to_jsonb(x){less})::text AS r FROM {t} x) rows"
                    )
                )
            )
            for t in tables
            if t not in APART
        }

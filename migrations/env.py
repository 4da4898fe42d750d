"""Run migrations one by one, each in a transaction of its own, one runner at a time."""

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.db.models import Base

LOCK = 7_426_513_540  # any number of our own: two upgrades wait for each other


def include_object(obj: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Leave alone what is not ours: PostGIS, the job queue, parts of a month or a unit."""
    if kind == "table" and reflected and other is None and name is not None:
        ours = not name.startswith(
            ("procrastinate_", "reading_", "part_", "spatial_ref_sys", "alembic")
        )
        return ours and bool(alembic_helpers.include_object(obj, name, kind, reflected, other))
    return bool(alembic_helpers.include_object(obj, name, kind, reflected, other))


def run() -> None:
    """Upgrade or downgrade the database that the configuration names."""
    engine = create_engine(
        context.config.get_main_option("sqlalchemy.url") or "", poolclass=NullPool
    )
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '30s'"))
        connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": LOCK})
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            include_object=include_object,
            process_revision_directives=alembic_helpers.writer,
            render_item=alembic_helpers.render_item,
        )
        with context.begin_transaction():
            context.run_migrations()


run()

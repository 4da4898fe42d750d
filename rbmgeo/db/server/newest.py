"""Whether a database may be migrated as it is started, or only by `rbmgeo upgrade`."""

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.db import migrate
from rbmgeo.errors import RbmgeoError


class UpgradeNeeded(RbmgeoError):
    """The database holds data of another version; says which command goes on."""


def to_newest(url: str) -> None:
    """Migrate a database with nothing in it; leave one at the newest migration alone.

    Raises
    ------
    UpgradeNeeded
        If there are data at another migration: nothing touches them before they are saved.
    """
    at, newest = migrate.current(url), migrate.head()
    if at == newest:
        return
    if at is not None and not migrate.known(at):
        raise UpgradeNeeded(
            f"the database stands at {at}, which this program does not know; install the version "
            "that made it, or a newer one",
            f"basis data ada di migrasi {at} yang tidak dikenal program ini; pasang versi "
            "pembuatnya, atau yang lebih baru",
        )
    if at is not None and _holds_anything(url):
        raise UpgradeNeeded(
            f"the database stands at {at}, this program needs {newest}; nothing was changed. Run "
            "`rbmgeo upgrade`: it makes a backup first, and puts it back if anything fails",
            f"basis data ada di migrasi {at}, program ini perlu {newest}; tidak ada yang diubah. "
            "Jalankan `rbmgeo upgrade`: cadangan dibuat dulu, dan dipulihkan bila ada yang gagal",
        )
    migrate.upgrade(url)


def _holds_anything(url: str) -> bool:
    """Say whether a unit or a person is in a database; what is empty can lose nothing."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        there = connection.scalars(
            text("SELECT t FROM unnest(ARRAY['ulp', 'app_user']) t WHERE to_regclass('public.' || t) IS NOT NULL")
        ).all()  # fmt: skip
        return any(connection.scalar(text(f"SELECT EXISTS (SELECT FROM {t})")) for t in there)

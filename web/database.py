"""The application's database and settings, as a view reaches them."""

from typing import cast

from flask import Flask, current_app

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings

_KEY = "rbmgeo"


def keep(app: Flask, settings: Settings, database: Database) -> None:
    """Tie a database to an application."""
    app.extensions[_KEY] = (settings, database)


def database() -> Database:
    """Return the database of the application that answers now."""
    return cast(Database, current_app.extensions[_KEY][1])


def settings() -> Settings:
    """Return its settings."""
    return cast(Settings, current_app.extensions[_KEY][0])

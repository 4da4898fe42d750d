"""The application's database and settings, as a view reaches them."""

from typing import cast

from flask import Flask, current_app, g, has_request_context

from rbmgeo.db.scope import NOWHERE, OVER_UNITS, Scope
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings

_KEY = "rbmgeo"


def keep(app: Flask, settings: Settings, database: Database) -> None:
    """Tie a database to an application."""
    app.extensions[_KEY] = (settings, database)


def database() -> Database:
    """Return the database as far as who asks now may see it: nothing before a rule let him in."""
    scope: Scope = g.get("scope", NOWHERE) if has_request_context() else NOWHERE
    return _whole().within(scope)


def over_units() -> Database:
    """Return people, their roles and the list of units alone: for the log-in and what stands around."""
    return _whole().within(OVER_UNITS)


def _whole() -> Database:
    return cast(Database, current_app.extensions[_KEY][1])


def settings() -> Settings:
    """Return its settings."""
    return cast(Settings, current_app.extensions[_KEY][0])

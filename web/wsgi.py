"""What gunicorn loads: the application on the database that the environment names."""

import sys

from rbmgeo.db.scope import OVER_UNITS
from rbmgeo.db.server import database_url, web_url
from rbmgeo.db.session import Database, Patience
from rbmgeo.operations import logs
from rbmgeo.settings import Settings
from rbmgeo.workflows.starting import UnsafeStart, refuse_weak_people
from web import create_app
from web.request_log import of_now

_settings = Settings()
logs.begin("web", as_json=_settings.log == "json", request=of_now)
_patience = Patience.of_pages(_settings.web_statement_s)
# Migrated as the owner, answered as who owns nothing.
_database = Database(web_url(_settings, database_url(_settings)), patience=_patience)
try:
    with _database.within(OVER_UNITS).reading() as _session:
        refuse_weak_people(_session, _settings)
    app = create_app(_settings, _database)
except UnsafeStart as _weak:
    # Said as it is, in both languages: what starts the pages shows the last lines.
    sys.exit(f"{_weak.indonesian}\n{_weak}")
# The processes that answer are forked from this one: none may inherit a connection.
_database.close()

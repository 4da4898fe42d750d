"""What gunicorn loads: the application on the database that the environment names."""

from rbmgeo.db.server import database_url, web_url
from rbmgeo.db.session import Database, Patience
from rbmgeo.operations import logs
from rbmgeo.settings import Settings
from web import create_app
from web.request_log import of_now

_settings = Settings()
logs.begin("web", as_json=_settings.log == "json", request=of_now)
_patience = Patience.of_pages(_settings.web_statement_s)
# Migrated as the owner, answered as who owns nothing.
_database = Database(web_url(_settings, database_url(_settings)), patience=_patience)
app = create_app(_settings, _database)
# The processes that answer are forked from this one: none may inherit a connection.
_database.close()

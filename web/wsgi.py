"""What gunicorn loads: the application on the database that the environment names."""

from rbmgeo.db.server import database_url
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

_settings = Settings()
_database = Database(database_url(_settings))
app = create_app(_settings, _database)
# The processes that answer are forked from this one: none may inherit a connection.
_database.close()

"""What gunicorn loads: the application on the database that the environment names."""

from rbmgeo.db.server import database_url
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

_settings = Settings()
app = create_app(_settings, Database(database_url(_settings)))

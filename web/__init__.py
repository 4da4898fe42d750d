"""The web face: `create_app` joins log-in, pages and API over the workflows and queries."""

import os

from apiflask import APIFlask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from rbmgeo import __version__
from rbmgeo.db.queries import people
from rbmgeo.db.scope import OVER_UNITS
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from rbmgeo.workflows.starting import refuse_weak_settings
from web import (
    access,
    access_log,
    backup_late,
    base_map,
    basic,
    crossing,
    errors,
    first_password,
    headers,
    language,
    login,
    request_log,
    shell,
)
from web.addresses import BlthConverter, UlpConverter
from web.api import blueprint as api
from web.api import described, docs, ogc
from web.database import keep
from web.exports import answer
from web.pages import BLUEPRINTS
from web.phone import ca, devices, pictures, wire

#: The largest upload: a unit's yearly DPM as CSV is about 60 MB.
UPLOAD_LIMIT = 256 * 1024 * 1024


def create_app(settings: Settings, database: Database) -> APIFlask:
    """Return the application on a migrated database.

    Raises
    ------
    RuntimeError
        If a route says nothing about who may use it: nobody serves such an application.
    UnsafeStart
        If a setting weakens the log-in.
    """
    refuse_weak_settings(settings, os.environ)
    app = APIFlask(
        __name__,
        title="rbmgeo",
        version=__version__,
        spec_path="/openapi.json",
        openapi_blueprint_url_prefix="/api/v1",
        docs_path=None,
        json_errors=False,
    )
    with database.within(OVER_UNITS).writing() as session:
        secret = settings.secret.get_secret_value() or people.ensure_secret(session)
    if settings.proxies:  # else what a request says of where it came from is believed of nobody
        n = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME="rbmgeo",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        MAX_CONTENT_LENGTH=UPLOAD_LIMIT,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        WTF_CSRF_TIME_LIMIT=None,
        DESCRIPTION="Units, the monthly board, findings and kWh of PLN's meter reading routes.",
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.url_map.converters.update(ulp=UlpConverter, blth=BlthConverter)
    keep(app, settings, database)
    request_log.register(app)
    headers.register(app, hsts_days=settings.hsts_days)
    access_log.register(app)
    crossing.register(app)
    CSRFProtect(app)
    login.register(app).request_loader(basic.from_request)
    language.register(app)
    errors.register(app)
    access.register(app)
    first_password.register(app)
    shell.register(app)
    answer.register(app)
    base_map.register(app)
    backup_late.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for blueprint in (wire.bp, pictures.bp, devices.bp, ca.bp):
        app.register_blueprint(blueprint)
    described.register(app)
    app.register_blueprint(api)
    app.register_blueprint(docs)
    app.register_blueprint(ogc)
    access.declare(app, "static", access.PUBLIC)
    access.declare(app, "openapi.spec", access.PUBLIC)
    access.check_every_route(app)
    return app

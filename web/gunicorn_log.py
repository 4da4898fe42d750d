"""Gunicorn's own words as lines of the log like all others."""

from typing import Any

from gunicorn.glogging import Logger

from rbmgeo.operations.logs import JsonLines


class Lines(Logger):  # type: ignore[misc]
    """Gunicorn's logger, its handlers with our lines."""

    def setup(self, cfg: Any) -> None:
        """Set gunicorn's loggers up, then give them our form."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines("gunicorn"))

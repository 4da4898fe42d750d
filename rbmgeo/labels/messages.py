"""Sentences by key: (Indonesian, English). One area a file; this one joins them."""

from rbmgeo.labels.states import STATES

MESSAGES: dict[str, tuple[str, str]] = {**STATES}

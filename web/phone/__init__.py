"""Phones of the field: the app they install, their lists, and what they and the office say (docs/wire.md)."""

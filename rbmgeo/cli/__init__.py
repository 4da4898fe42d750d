"""The commands, one group a file; `rbmgeo --help` is the table of contents."""

from rbmgeo.cli.main import main

__all__ = ["main"]

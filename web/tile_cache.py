"""Tiles that were asked for lately, within a bound of bytes; each process has its own."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock


class TileCache:
    """Remembers versions and bytes by key until ``most_bytes`` are held; the longest unasked goes first.

    ``seconds``: so long a unit's version that the database told is taken to hold: a map asks for
    twenty tiles at once. Whether somebody may see them is no matter of this cache.
    """

    def __init__(self, most_bytes: int, *, seconds: float = 1.0) -> None:
        self.most_bytes, self.bytes, self.seconds = most_bytes, 0, seconds
        self._versions: dict[Hashable, tuple[float, str]] = {}
        self._held: OrderedDict[Hashable, tuple[str, bytes]] = OrderedDict()
        self._lock = Lock()

    def held(self, key: Hashable) -> tuple[str, bytes] | None:
        """Return the version and bytes that are held under a key."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def keep(self, key: Hashable, version: str, made: bytes) -> None:
        """Hold bytes under a key instead of those of an older version."""
        with self._lock:
            self.bytes += len(made) - len(self._held.pop(key, ("", b""))[1])
            self._held[key] = (version, made)
            while self.bytes > self.most_bytes and self._held:
                self.bytes -= len(self._held.popitem(last=False)[1][1])

    def lately(self, unit: Hashable) -> str | None:
        """Return a unit's version if the database told it within the last moment."""
        until, version = self._versions.get(unit, (0.0, ""))
        return version if time.monotonic() < until else None

    def told(self, unit: Hashable, version: str) -> None:
        """Remember what the database told just now."""
        if len(self._versions) > 1000:
            self._versions.clear()
        self._versions[unit] = (time.monotonic() + self.seconds, version)

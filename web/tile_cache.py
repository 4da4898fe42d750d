"""Tiles that were asked for lately, within a bound of bytes; each process has its own."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock


class TileCache:
    """Remembers versions and bytes by key until ``most_bytes`` are held; the longest unasked goes first."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
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

"""Tiles that were asked for lately, within a bound of bytes; each process has its own."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class TileCache:
    """Remembers bytes by key until ``most_bytes`` are held; who was asked for longest ago goes first."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self._held: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Return what is held under a key; what is not is made, outside of the lock."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()
        with self._lock:
            self.bytes += len(made) - len(self._held.pop(key, b""))
            self._held[key] = made
            while self.bytes > self.most_bytes and self._held:
                self.bytes -= len(self._held.popitem(last=False)[1])
        return made

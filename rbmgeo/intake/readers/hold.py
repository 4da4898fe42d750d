"""A folder of ours that lives as long as somebody may read in it."""

import shutil
import tempfile
import weakref
from pathlib import Path


class Hold:
    """A new folder; it is removed when the last who holds it lets go."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="rbmgeo-"))
        weakref.finalize(self, shutil.rmtree, str(self.path), ignore_errors=True)

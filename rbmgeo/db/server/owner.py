"""Under which user the server runs, and in which folder it can."""

import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rbmgeo.errors import RbmgeoError

USER = "rbmgeo"
FALLBACK = Path("/var/lib/rbmgeo")
NOTE = "cluster-folder"


@dataclass(frozen=True)
class Owner:
    """The user of the server; ``drop`` where we are root and must become it."""

    uid: int
    gid: int
    drop: bool

    def run(self, command: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a program as that user, from a folder it can enter."""
        return subprocess.run(
            command,
            env=environ,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            user=self.uid if self.drop else None,
            group=self.gid if self.drop else None,
            extra_groups=[] if self.drop else None,
        )

    def make(self, folder: Path) -> None:
        """Make a folder that only this user can enter (root can always)."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.drop:
            os.chown(folder, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Say whether this user can get as far as ``folder``."""
        return self.run(["test", "-x", str(folder)], {"PATH": "/usr/bin:/bin"}).returncode == 0


def owner() -> Owner:
    """Return ourselves, or as root a user of the product's own (postgres refuses root)."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), drop=False)
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        done = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 9):  # 9: somebody else made it meanwhile
            raise RbmgeoError(
                f"the system user {USER} cannot be made ({done.stderr.strip()}); make it, run again",
                f"user sistem {USER} tidak bisa dibuat ({done.stderr.strip()}); buat, lalu ulangi",
            ) from None
        entry = pwd.getpwnam(USER)
    return Owner(entry.pw_uid, entry.pw_gid, drop=True)


def cluster_folder(home: Path, who: Owner) -> Path:
    """Return the folder of the cluster: in ``home``, or where its user can reach it.

    A home inside a folder that the server's user cannot enter (a clone under /root) leads
    to a folder under /var/lib/rbmgeo, noted in the home; no foreign folder is ever chmodded.
    """
    note = home / NOTE
    if note.exists():
        return Path(note.read_text(encoding="utf-8").strip())
    inside = home / "cluster"
    if inside.exists() or not who.drop or who.can_enter(home):
        who.make(inside)
        return inside
    FALLBACK.mkdir(mode=0o755, parents=True, exist_ok=True)
    name = hashlib.sha256(str(home).encode()).hexdigest()[:16]
    folder = FALLBACK / name
    who.make(folder)
    note.write_text(f"{folder}\n", encoding="utf-8")
    return folder

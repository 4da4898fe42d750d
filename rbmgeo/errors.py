"""One family of errors; each names the thing, what was found, and the next step.

A person meets these in two languages. The English sentence is the exception's text;
the Indonesian one is ``indonesian`` where the person who meets it may be in the field.
"""


class RbmgeoError(Exception):
    """What went wrong, in words that name the next step.

    Parameters
    ----------
    message
        One English sentence: the thing, what was found, what to do.
    indonesian
        The same sentence in Indonesian; the English one stands in where it is empty.
    """

    def __init__(self, message: str, indonesian: str = "") -> None:
        super().__init__(message)
        self.indonesian = indonesian or message

    def in_language(self, lang: str) -> str:
        """Return the sentence in ``id`` or ``en``."""
        return self.indonesian if lang == "id" else str(self)


class FrameError(RbmgeoError):
    """A table that breaks its contract (a mistake of a programmer, not of a user)."""


class CrsError(RbmgeoError):
    """Positions in the wrong coordinate system, degrees where metres are needed."""


class UnknownUlp(RbmgeoError):
    """A unit that the database does not have."""

    def __init__(self, ulp: str) -> None:
        self.ulp = ulp
        super().__init__(
            f"unit {ulp!r} is not known; import a file of it, or add it with `rbmgeo ulp set {ulp}`",
            f"unit {ulp!r} belum dikenal; impor berkas unit itu, atau tambahkan dengan "
            f"`rbmgeo ulp set {ulp}`",
        )


class NotThere(RbmgeoError):
    """A thing that was named and does not exist (any more): a job, a customer, a version."""


class NothingToDo(RbmgeoError):
    """A step that lacks what it works on; the sentence names the file or step that is missing."""


class NotAllowed(RbmgeoError):
    """A rule of the work forbids it (own proposal approved, published version edited)."""


class TooManyTries(RbmgeoError):
    """Too many wrong passwords for one login: the next try waits."""


class ImportRefused(RbmgeoError):
    """A file that cannot be taken in at all; nothing of it was loaded."""


class BrokenFile(RbmgeoError):
    """A file of our own that is missing or not what was written into it."""


class Conflict(RbmgeoError):
    """The same id came with other content; both are kept for review."""


class LeaseLost(Conflict):
    """A job is another worker's meanwhile, or was closed; what this one did is not kept."""


class StaleDraft(Conflict):
    """An edit of a draft that went on meanwhile; ``since`` says who did what, and when."""

    def __init__(
        self, message: str, indonesian: str, *, revision: int, since: list[object]
    ) -> None:
        self.revision, self.since = revision, since
        super().__init__(message, indonesian)


class UsageError(RbmgeoError):
    """A command was asked for something that makes no sense; says what would."""


class BadQuery(UsageError):
    """An address was asked with a parameter that it does not know or cannot read."""


class DatabaseFailed(RbmgeoError):
    """The database went away or is full while it was written to; nothing half done stays."""

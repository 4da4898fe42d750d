"""What a session may see: a role of the database and a unit, said anew in every transaction.

A scope holds until its transaction ends, so that no connection carries it to who uses it next.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

#: Logs in for the pages: owns nothing, inherits nothing, and reads nothing until a scope is said.
WEB = "rbmgeo_web"
#: The office of one unit; who works in its field; a vendor's coordinator; the figures of several
#: units; what is over all units.
UNIT, FIELD, VENDOR, EVERY = "rbmgeo_unit", "rbmgeo_field", "rbmgeo_vendor", "rbmgeo_every"
REGION = "rbmgeo_region"
#: Roles that no one logs in as.
GROUPS = (UNIT, FIELD, VENDOR, REGION, EVERY)

_SAY = (
    "SELECT set_config('role', {role}, true), set_config('rbmgeo.ulp', {ulp}, true), "
    "set_config('rbmgeo.user', {user}, true), set_config('rbmgeo.ulps', {ulps}, true)"
)
_SAY_TO_READ = _SAY + ", set_config('transaction_read_only', 'on', true)"
_SAID = text(_SAY.format(role=":role", ulp=":ulp", user=":user", ulps=":ulps"))
_SAID_TO_READ = text(_SAY_TO_READ.format(role=":role", ulp=":ulp", user=":user", ulps=":ulps"))


@dataclass(frozen=True)
class Scope:
    """One role of the database, in one unit (empty: none), for one person (0: nobody named).

    ``ulps``: the units of `REGION`.

    Raises ValueError for a role that is none of ours or a unit that is no code.
    """

    role: str
    ulp: str = ""
    user_id: int = 0
    ulps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.role not in (WEB, *GROUPS):
            raise ValueError(f"{self.role!r} is no role of a scope")
        if not all(
            u.isascii() and u.isalnum() for u in (*self.ulps, *([self.ulp] if self.ulp else ()))
        ):
            raise ValueError("a unit's code has letters and figures only")

    def say(self, connection: Connection, *, only_reads: bool = False) -> None:
        """Let it hold for the transaction that a connection is in, which may not write then."""
        values = {
            "role": self.role,
            "ulp": self.ulp,
            "user": str(self.user_id),
            "ulps": ",".join(self.ulps),
        }
        if only_reads:
            connection.execute(_SAID_TO_READ, values)
        else:
            connection.execute(_SAID, values)

    def before(self, *, only_reads: bool) -> str:
        """Return the same as a statement before a single question: it holds for that one alone.

        The driver sends both at once, and the server takes them as one transaction.
        """
        # Neither can hold a quote: see `__post_init__`.
        return (_SAY_TO_READ if only_reads else _SAY).format(
            role=f"'{self.role}'",
            ulp=f"'{self.ulp}'",
            user=f"'{self.user_id}'",
            ulps=f"'{','.join(self.ulps)}'",
        )


#: Sees nothing: of who asks before any rule let him in.
NOWHERE = Scope(WEB)
#: People, their roles and the list of units: of who logs in and of the product's administrator.
OVER_UNITS = Scope(EVERY)

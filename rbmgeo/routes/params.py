"""What a design of routes may cost and how far it may go, as one frozen value."""

from dataclasses import dataclass

from rbmgeo.settings import UnitSettings

#: Kinds of area (R-RO-04) by the metres from house to house along the shortest tree.
SCATTERED_M, DENSE_M = 40.0, 12.0
KINDS = ("padat", "sedang", "tersebar")


@dataclass(frozen=True)
class DesignParams:
    """What a route costs (R-RO-07), how large it may be (R-RO-04), what must not change.

    ``capacity_by_kind``: (kind of area, fewest, most customers), one of `KINDS`; other kinds have
    ``capacity_min`` and ``capacity_max``. ``day_limit``, ``reader_limit``: share of customers,
    0 to 1, that may be read on another day, by another reader. ``locked_rbm``: nobody joins or
    leaves; ``locked_gardu``: its customers stay on the RBM that they have. ``part_min``: no part
    of a large gardu has fewer customers. ``walk_per_tree``: metres walked per metre estimated in
    straight lines, where routes that were measured say so; else ``detour``.
    """

    service_s: float = 45
    walking_m_per_s: float = 1.07
    detour: float = 1.3
    capacity_min: int = 150
    capacity_max: int = 600
    capacity_by_kind: tuple[tuple[str, int, int], ...] = ()
    target_customers: int = 300
    part_min: int = 30
    day_limit: float = 1.0
    reader_limit: float = 1.0
    locked_rbm: frozenset[str] = frozenset()
    locked_gardu: frozenset[str] = frozenset()
    walk_per_tree: float | None = None
    sweeps: int = 30

    def __post_init__(self) -> None:
        ranges = ((self.capacity_min, self.capacity_max), *(k[1:] for k in self.capacity_by_kind))
        for least, most in ranges:
            if not 0 < least <= most:
                raise ValueError(f"capacity {least} to {most} is no range")
        unknown = {k[0] for k in self.capacity_by_kind} - set(KINDS)
        if unknown:
            raise ValueError(f"kind of area {sorted(unknown)} is none of {KINDS}")
        for name in ("day_limit", "reader_limit"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}, expected a share from 0 to 1")

    @classmethod
    def of(cls, settings: UnitSettings, **more: object) -> "DesignParams":
        """Take the unit's pace and capacity; ``more`` are fields of this class."""
        said: dict[str, object] = {
            "service_s": settings.service_s, "walking_m_per_s": settings.walking_m_per_s,
            "detour": settings.detour, "capacity_min": settings.capacity_min,
            "capacity_max": settings.capacity_max,
            "capacity_by_kind": tuple(settings.capacity_by_kind),
        }  # fmt: skip
        return cls(**(said | more))  # type: ignore[arg-type]

    @property
    def seconds_per_m(self) -> float:
        """Seconds that one metre of the estimated walk takes."""
        return (self.walk_per_tree or self.detour) / self.walking_m_per_s

    def capacity(self, kind: str) -> tuple[int, int]:
        """Return the fewest and most customers of a route in one kind of area."""
        for name, least, most in self.capacity_by_kind:
            if name == kind:
                return least, most
        return self.capacity_min, self.capacity_max

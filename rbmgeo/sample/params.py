from dataclasses import dataclass

from rbmgeo.errors import UsageError

MONTHS = tuple(f"2024{m:02d}" for m in range(1, 13))


@dataclass(frozen=True)
class SampleParams:
    """What unit to invent; the same values give the same files.

    ``errors`` and ``prepaid`` are shares; ``at`` is the middle of the town, lon and lat.
    """

    ulp: str = "51354"
    customers: int = 6000
    seed: int = 1
    errors: float = 0.05
    prepaid: float = 0.4
    at: tuple[float, float] = (112.69, -7.65)
    gardu_meters: bool = False

    def __post_init__(self) -> None:
        checks = (
            (len(self.ulp) == 5 and self.ulp.isalnum(), f"ulp {self.ulp!r}", "5 letters or digits"),
            (200 <= self.customers <= 200_000, f"customers {self.customers}", "200 to 200000"),
            (0 <= self.errors <= 0.3, f"errors {self.errors}", "0 to 0.3"),
            (0 <= self.prepaid <= 0.9, f"prepaid {self.prepaid}", "0 to 0.9"),
            (-180 <= self.at[0] <= 180 and -80 <= self.at[1] <= 80, f"at {self.at}", "LON,LAT"),
        )
        for fine, found, expected in checks:
            if not fine:
                raise UsageError(f"{found}: expected {expected}", f"{found}: seharusnya {expected}")

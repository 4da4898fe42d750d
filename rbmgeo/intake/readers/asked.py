"""What a person says of a file, because the file does not say it itself."""

from dataclasses import dataclass

#: West, south, east, north in degrees.
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Asked:
    """Declared by whoever imports; empty where nothing was said.

    ``srid`` is the EPSG code of positions that name no system; ``within`` the box in degrees
    to which street extracts are cut.
    """

    delimiter: str = ""
    encoding: str = ""
    srid: int | None = None
    layer: str = ""
    within: Box | None = None

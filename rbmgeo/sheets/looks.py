"""Colours and widths of printed sheets; they must survive a grey printer (line kinds, not colour)."""

INK, INK2, INK3 = "#12242C", "#3F525B", "#5A6C75"
LINE = "#DBE3E4"
PRIMARY = "#0D566B"
AMBER = "#E9A21A"
GROUND, SETTLED = "#EEF1EA", "#F8F6F1"
OWN = "#FFF3D1"
OTHER_HOUSE, OTHER_EDGE = "#DDD7CB", "#C9C1B2"
CASING, STREET = "#C9C3B7", "#FFFFFF"
JTR = "#6B7F87"
WARN, WARN_SOFT = "#835400", "#FBF0D6"

MAIN = frozenset({"motorway", "trunk", "primary", "secondary", "motorway_link", "trunk_link",
                  "primary_link", "secondary_link"})  # fmt: skip
MIDDLE = frozenset({"tertiary", "tertiary_link", "unclassified"})
PATHS = frozenset({"path", "footway", "steps", "track", "pedestrian", "cycleway", "bridleway"})
#: Class of street -> width on the ground (m), least and most on the paper (mm).
WIDTHS = {2: (13.0, 1.6, 4.6), 1: (8.0, 1.2, 3.6), 0: (5.0, 0.85, 2.8), -1: (2.0, 0.45, 1.2)}


def grade(highway: object) -> int:
    """Return the class of a street: 2 main, 1 middle, 0 the others, -1 paths."""
    if highway in MAIN:
        return 2
    if highway in MIDDLE:
        return 1
    return -1 if highway in PATHS else 0


#: RBM on a gardu's sheet: colour and shape both differ (disc, square, triangle, diamond).
RBM_INKS = ("#0D566B", "#A34402", "#313876", "#79012E", "#296B69", "#7650B4", "#868A28", "#BE6F96")
SHAPES = ("disc", "square", "triangle", "diamond")

"""Vector tiles of one unit, the cells behind them, and what a click or a search finds on the map."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from rbmgeo.settings import UnitSettings

#: A map is written anew at most so much of the time: while data change all the while, it lags.
SHARE = 0.05
#: Words that a search looks for, and how many of a kind it finds.
MOST_WORDS, MOST_PLACES = 20_000, 1000
#: What a tile holds; from afar customers are counted.
LAYERS = ("street", "jtr", "gardu", "customer")


@dataclass(frozen=True)
class LayerCounts:
    """What lies on a unit's map beside its customers: gardu (with, without a place), spans, streets."""

    gardu: int
    gardu_without: int
    jtr: int
    street: int


@dataclass(frozen=True)
class MapCounts:
    """A unit's customers on the map: by state (as `rbmgeo.maps.layers.STATE_NAMES`), and all.

    ``version`` tells this map from every other of the unit; ``bounds`` (west, south, east, north)
    is where to look, None without a place.
    """

    counts: tuple[int, ...]
    customers: int
    version: str
    layers: LayerCounts
    bounds: tuple[float, float, float, float] | None

    @property
    def placed(self) -> int:
        """Those with a place; the rest is counted, never put somewhere."""
        return sum(self.counts)


#: The map that holds, with its version: the data's that it was written from, and the limit.
_NOW = """
    FROM map_state s JOIN ulp u USING (ulp)
    WHERE ulp = :ulp AND (s.data_version = u.data_version
            OR s.counted_at > clock_timestamp() - make_interval(secs => s.took_s / :share))
        AND s.finding_limit = COALESCE(CAST(:limit AS double precision),
            CAST(u.settings ->> 'finding_limit' AS double precision), :usual)
"""
_VERSION = "s.data_version || '-' || s.finding_limit"
_COUNTS = text(f"SELECT s.counts, s.customers, s.layers, s.box, {_VERSION} AS version {_NOW}")
_TILE = text(
    f"""
    SELECT version, CASE WHEN version <> ALL (CAST(:held AS text[]))
        THEN rbmgeo_tile(:z, :x, :y, CAST(:query AS json)) END AS tile
    FROM (SELECT {_VERSION} AS version {_NOW}) AS now
    """
)


def _key(ulp: str, finding_limit: float | None) -> dict[str, Any]:
    usual = UnitSettings.model_fields["finding_limit"].default
    return {"ulp": ulp, "limit": finding_limit, "usual": usual, "share": SHARE}


def map_counts(
    session: Session, *, ulp: str, finding_limit: float | None = None
) -> MapCounts | None:
    """Return what the unit's map was written from; None where it has to be written anew.

    ``finding_limit``: that of the unit's settings where it is not told.
    """
    row = session.execute(_COUNTS, _key(ulp, finding_limit)).one_or_none()
    if row is None:
        return None
    return MapCounts(
        tuple(row.counts), row.customers, row.version, LayerCounts(*row.layers),
        None if row.box is None else tuple(row.box),
    )  # fmt: skip


def written(session: Session, *, ulp: str) -> bool:
    """Say whether the unit's map was ever written, of whatever data."""
    found = session.scalar(text("SELECT 1 FROM map_state WHERE ulp = :u"), {"u": ulp})
    return found is not None


def tile(
    session: Session | Connection, *, ulp: str, z: int, x: int, y: int, layers: Sequence[str] = LAYERS,
    held: Sequence[str] = (),
) -> tuple[str, bytes | None] | None:  # fmt: skip
    """Return the version of a vector tile, and the tile, None where that version is ``held``.

    It is without a layer where there is nothing. None of both where the map has to be written
    anew. One question does it all: a map asks for some twenty tiles at once.
    """
    query = {"ulp": ulp, **({} if set(layers) == set(LAYERS) else {"layers": list(layers)})}
    told = {"z": z, "x": x, "y": y, "query": json.dumps(query), "held": list(held)}
    row = session.execute(_TILE, {**_key(ulp, None), **told}).one_or_none()
    if row is None:
        return None
    version = str(row.version)
    return version, None if version in held else bytes(row.tile or b"")


def write_map(session: Session, *, ulp: str, finding_limit: float) -> None:
    """Write a unit's map anew; who waited while another did so does nothing."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('map:' || :u))"), {"u": ulp})
    if map_counts(session, ulp=ulp, finding_limit=finding_limit) is not None:
        return
    key = {"ulp": ulp, "limit": finding_limit}
    # Noted before the data are looked at: what changes meanwhile is of a later version.
    noted = session.execute(
        text("SELECT data_version AS v, clock_timestamp() AS at FROM ulp WHERE ulp = :ulp"), key
    ).one()
    session.execute(text("SELECT rbmgeo_map(:ulp, :limit)"), key)
    box = _box(session, ulp)
    session.execute(
        text(
            """
            INSERT INTO map_state
                (ulp, data_version, finding_limit, counts, customers, layers, box, took_s, counted_at)
            SELECT :ulp, :noted, :limit,
                   ARRAY(SELECT sum(n)::integer FROM (
                             SELECT generate_subscripts(counts, 1) AS state, unnest(counts) AS n
                             FROM map_cell WHERE ulp = :ulp AND zoom = 0
                             UNION ALL SELECT generate_series(1, 7), 0
                         ) AS counted GROUP BY state ORDER BY state),
                   (SELECT count(*) FROM customer WHERE ulp = :ulp),
                   ARRAY[(SELECT count(geom) FROM gardu WHERE ulp = :ulp),
                         (SELECT count(*) - count(geom) FROM gardu WHERE ulp = :ulp),
                         (SELECT count(*) FROM jtr_span WHERE ulp = :ulp),
                         (SELECT count(*) FROM street WHERE ulp = :ulp)],
                   CAST(:box AS double precision[]),
                   extract(epoch FROM clock_timestamp() - :at), clock_timestamp()
            ON CONFLICT (ulp) DO UPDATE SET data_version = EXCLUDED.data_version,
                finding_limit = EXCLUDED.finding_limit, counts = EXCLUDED.counts,
                customers = EXCLUDED.customers, layers = EXCLUDED.layers, box = EXCLUDED.box, took_s = EXCLUDED.took_s,
                counted_at = EXCLUDED.counted_at
            """
        ),
        {**key, "noted": noted.v, "at": noted.at, "box": None if box is None else list(box)},
    )


def _box(session: Session, ulp: str) -> tuple[float, float, float, float] | None:
    """Return (west, south, east, north) of the middle 99 % of cells; None without a place.

    A few wrong positions far away must not shrink the town to a dot.
    """
    row = session.execute(
        text(
            """
            SELECT ST_XMin(b) AS west, ST_YMin(b) AS south, ST_XMax(b) AS east, ST_YMax(b) AS north
            FROM (
                SELECT ST_Transform(ST_SetSRID(ST_MakeBox2D(
                    ST_Point(percentile_disc(0.005) WITHIN GROUP (ORDER BY east),
                             percentile_disc(0.005) WITHIN GROUP (ORDER BY north)),
                    ST_Point(percentile_disc(0.995) WITHIN GROUP (ORDER BY east),
                             percentile_disc(0.995) WITHIN GROUP (ORDER BY north))), 3857), 4326) AS b
                FROM (
                    SELECT east, north FROM map_cell WHERE ulp = :ulp AND zoom = 13
                    UNION ALL
                    SELECT ST_X(geom_3857), ST_Y(geom_3857) FROM gardu
                    WHERE ulp = :ulp AND geom_3857 IS NOT NULL
                ) AS places
            ) AS boxed WHERE b IS NOT NULL
            """
        ),
        {"ulp": ulp},
    ).one_or_none()
    return None if row is None else (row.west, row.south, row.east, row.north)


_CARD = """
SELECT c.public_id::text AS public_id, c.idpel, c.name, c.address, c.tarif, c.daya_va,
       c.meter_number, c.coordinate_quality, COALESCE(m.gardu, p.gardu) AS gardu, m.rbm, m.match,
       f.kind, f.p, f.proposed_gardu, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
FROM customer c
LEFT JOIN match_row m ON m.ulp = c.ulp AND m.idpel = c.idpel
LEFT JOIN finding f ON f.ulp = c.ulp AND f.idpel = c.idpel
LEFT JOIN LATERAL (SELECT gardu FROM pdpj WHERE ulp = c.ulp AND idpel = c.idpel
    AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON true
WHERE c.ulp = :ulp AND c.public_id BETWEEN CAST(:low AS uuid) AND CAST(:high AS uuid)
ORDER BY c.public_id
"""


def cards(session: Session, *, ulp: str, tile_id: int) -> list[dict[str, Any]]:
    """Return the customers whose public ids begin with a tile's id (52 bits): all but surely one."""
    start = f"{tile_id:013x}"
    rows = session.execute(
        text(_CARD), {"ulp": ulp, "low": start.ljust(32, "0"), "high": start.ljust(32, "f")}
    )
    return [dict(row) for row in rows.mappings()]


_PLACES = """
SELECT * FROM (
(SELECT 'customer' AS kind, public_id::text AS key, idpel AS shown, ST_X(geom) AS lon, ST_Y(geom) AS lat
 FROM customer WHERE ulp = :ulp AND (idpel = ANY(:words) OR meter_number = ANY(:words))
 ORDER BY idpel LIMIT :limit)
UNION ALL
(SELECT 'gardu', gardu, gardu, ST_X(geom), ST_Y(geom)
 FROM gardu WHERE ulp = :ulp AND upper(gardu) = ANY(:words) ORDER BY gardu LIMIT :limit)
UNION ALL
(SELECT 'rbm', l.rbm, l.rbm, avg(ST_X(c.geom)), avg(ST_Y(c.geom))
 FROM rbm_list l LEFT JOIN customer c ON c.ulp = l.ulp AND c.idpel = l.idpel
 WHERE l.ulp = :ulp AND upper(l.rbm) = ANY(:words)
   AND l.blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)
 GROUP BY l.rbm ORDER BY l.rbm LIMIT :limit)
UNION ALL
(SELECT 'officer', l.officer, l.officer, avg(ST_X(c.geom)), avg(ST_Y(c.geom))
 FROM rbm_list l LEFT JOIN customer c ON c.ulp = l.ulp AND c.idpel = l.idpel
 WHERE l.ulp = :ulp AND upper(l.officer) = ANY(:words)
   AND l.blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)
 GROUP BY l.officer ORDER BY l.officer LIMIT :limit)
) AS found
"""


def places(
    session: Session, *, ulp: str, words: list[str], limit: int = MOST_PLACES
) -> list[dict[str, Any]]:
    """Find customers (idpel, meter number), gardu, RBM and officers by their exact codes.

    ``words``: in capitals, spaces single. Returns dicts ``kind``, ``key`` (public id or
    code), ``shown``, ``lon``, ``lat`` (None without a place; of a RBM or an officer the mean).
    """
    key = {"ulp": ulp, "words": words, "limit": limit}
    return [dict(row) for row in session.execute(text(_PLACES), key).mappings()]

"""Search across units: the same words as within one, answered from indexes alone."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

#: Hits of one kind that are told of one unit, and of all.
MOST_OF_UNIT, MOST = 10, 200


def searched_units(session: Session, *, ulps: list[str], words: str) -> list[dict[str, Any]]:
    """Find customers by idpel, its last figures or the meter, gardu and RBM by code, in some units.

    Returns dicts ``ulp``, ``kind`` (customer, gardu, rbm), ``key``, ``shown``, ``more``, by unit;
    at most `MOST_OF_UNIT` of a kind in a unit and `MOST` in all. Figures may be typed with spaces.
    """
    plain = "".join(words.split())
    if len(plain) < 3 or not ulps:
        return []
    like = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    key = {"ulps": ulps, "q": plain, "like": f"%{like}%", "few": MOST_OF_UNIT, "most": MOST}
    asked = _WITH_LAST if len(plain) >= 4 and plain.isascii() and plain.isdigit() else ""
    rows = session.execute(text(_SEARCH.format(last=asked)), key).mappings()
    return [dict(row) for row in rows]


_CUSTOMER = """
    SELECT ulp, 'customer' AS kind, public_id::text AS key, idpel AS shown,
           concat_ws(' / ', tarif, daya_va::text) AS more
    FROM near.customer
"""
# By the last four figures, of which there is an index; then by all that were typed.
_WITH_LAST = f"""
    UNION {_CUSTOMER} WHERE ulp = ANY(:ulps) AND right(idpel, 4) = right(:q, 4)
        AND right(idpel, length(:q)) = :q
"""
# Every RBM of the newest list is found in the index as the next one: never row by row.
_SEARCH = (
    f"""
(SELECT ulp, kind, key, shown, more FROM (
    SELECT *, row_number() OVER (PARTITION BY ulp ORDER BY shown) AS n FROM (
    {_CUSTOMER} WHERE ulp = ANY(:ulps) AND idpel = :q
    UNION {_CUSTOMER} WHERE ulp = ANY(:ulps) AND meter_number = :q
    """
    + "{last}"
    + """) c) d WHERE n <= :few ORDER BY ulp, shown LIMIT :most)
UNION ALL
(SELECT ulp, 'gardu', gardu, gardu, penyulang FROM (
    SELECT ulp, gardu, COALESCE(penyulang, '') AS penyulang,
           row_number() OVER (PARTITION BY ulp ORDER BY gardu) AS n
    FROM gardu WHERE ulp = ANY(:ulps) AND gardu ILIKE :like) d
 WHERE n <= :few ORDER BY ulp, gardu LIMIT :most)
UNION ALL
(SELECT u.ulp, 'rbm', r.rbm, r.rbm, '' FROM unnest(CAST(:ulps AS text[])) AS u (ulp)
 CROSS JOIN LATERAL (SELECT max(blth) AS blth FROM rbm_list WHERE ulp = u.ulp) n
 CROSS JOIN LATERAL (
    WITH RECURSIVE next AS (
        SELECT min(rbm) AS rbm FROM rbm_list WHERE ulp = u.ulp AND blth = n.blth
        UNION ALL
        SELECT (SELECT min(rbm) FROM rbm_list
                WHERE ulp = u.ulp AND blth = n.blth AND rbm > next.rbm)
        FROM next WHERE next.rbm IS NOT NULL
    ) SELECT rbm FROM next WHERE rbm ILIKE :like ORDER BY rbm LIMIT :few) r
 ORDER BY u.ulp, r.rbm LIMIT :most)
"""
)

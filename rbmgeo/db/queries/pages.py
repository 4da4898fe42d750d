"""Lists as a page shows them: one screen at a time, counted whole."""

from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.desk import STANDS
from rbmgeo.db.queries.events import OWN_LISTS
from rbmgeo.db.queries.lists import read
from rbmgeo.db.queries.survey import VISITED
from rbmgeo.errors import NothingToDo, NotThere

#: Classes of the matching that are facts of the lists, not suspicions.
LIST_CLASSES = ("beda_gardu", "hanya_rbm", "hanya_pdpj", "ganda")


def finding_counts(session: Session, *, ulp: str, limit: float) -> dict[str, int]:
    """Count the lines of the findings page: doubts (a patch is one) and each class of the lists."""
    row = session.execute(
        text(
            f"""
            SELECT count(DISTINCT COALESCE(patch, idpel)) AS lines, count(*) AS customers
            FROM finding f WHERE ulp = :ulp AND kind <> 'ok' AND p >= :limit AND NOT {STANDS}
            """
        ),
        {"ulp": ulp, "limit": limit},
    ).one()
    classes = session.execute(
        text(
            "SELECT match, count(*) FROM match_row WHERE ulp = :ulp AND match = ANY(:all) "
            "GROUP BY match"
        ),
        {"ulp": ulp, "all": list(LIST_CLASSES)},
    )
    counts = {"lines": int(row.lines), "customers": int(row.customers)}
    return counts | {name: int(n) for name, n in classes}


def doubts(
    session: Session, *, ulp: str, limit: float, first: int, size: int, rbm: str = ""
) -> list[dict[str, Any]]:
    """Return doubts from ``limit`` on, most certain first; the customers of a patch are one line.

    What was settled at the desk, or waits in an open event, is left out.

    Keys ``n``, ``patch``, ``public_id``, ``idpel`` (of its most certain customer), ``kind``,
    ``p``, ``gardu``, ``proposed_gardu``, ``tier``, ``reasons``, ``rbm``.
    """
    rows = session.execute(
        text(
            f"""
            WITH ranked AS (
                SELECT f.*, m.rbm, COALESCE(f.patch, f.idpel) AS line,
                       row_number() OVER w AS place,
                       count(*) OVER (PARTITION BY COALESCE(f.patch, f.idpel)) AS n
                FROM finding f LEFT JOIN match_row m ON m.ulp = f.ulp AND m.idpel = f.idpel
                WHERE f.ulp = :ulp AND f.kind <> 'ok' AND f.p >= :limit AND NOT {STANDS}
                  AND (:rbm = '' OR m.rbm = :rbm)
                WINDOW w AS (PARTITION BY COALESCE(f.patch, f.idpel) ORDER BY f.p DESC, f.idpel)
            )
            SELECT r.n, r.patch, c.public_id::text AS public_id, r.idpel, r.kind, r.p, r.gardu,
                   r.proposed_gardu, r.tier, r.reasons, r.rbm
            FROM ranked r LEFT JOIN customer c ON c.ulp = :ulp AND c.idpel = r.idpel
            WHERE r.place = 1 ORDER BY r.p DESC, r.line LIMIT :size OFFSET :first
            """
        ),
        {"ulp": ulp, "limit": limit, "first": first, "size": size, "rbm": rbm},
    ).mappings()
    return [dict(r) for r in rows]


def of_class(
    session: Session, *, ulp: str, match: str, first: int, size: int, rbm: str = ""
) -> list[dict[str, Any]]:
    """Return the customers of one class of the matching, by idpel, with keys as `doubts`."""
    rows = session.execute(
        text(
            """
            SELECT 1 AS n, NULL AS patch, c.public_id::text AS public_id, m.idpel,
                   m.match AS kind, f.p, m.gardu, f.proposed_gardu, f.tier, f.reasons, m.rbm,
                   m.reason
            FROM match_row m
            LEFT JOIN customer c ON c.ulp = m.ulp AND c.idpel = m.idpel
            LEFT JOIN finding f ON f.ulp = m.ulp AND f.idpel = m.idpel
            WHERE m.ulp = :ulp AND m.match = :match AND (:rbm = '' OR m.rbm = :rbm)
            ORDER BY m.idpel LIMIT :size OFFSET :first
            """
        ),
        {"ulp": ulp, "match": match, "first": first, "size": size, "rbm": rbm},
    ).mappings()
    return [dict(r) for r in rows]


def customer(session: Session, *, ulp: str, public_id: str) -> dict[str, Any]:
    """Return one customer with place on its RBM, class and finding; raises `NotThere`."""
    row = (
        session.execute(
            text(
                """
            SELECT c.idpel, c.public_id::text AS public_id, c.name, c.address, c.tarif, c.daya_va,
                   c.meter_number, c.jenis_layanan, c.dibaca_oleh, c.active, COALESCE(p.tiang, c.tiang) AS tiang,
                   c.point_source, c.coordinate_quality, c.geom IS NOT NULL AS has_point,
                   ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
                   m.rbm, m.match, m.reason, m.gardu, f.kind, f.p, f.proposed_gardu, f.patch,
                   f.tier, f.reasons, f.question, l.urut, l.sisipan, l.hari_baca,
                   (SELECT count(*) FROM finding o WHERE o.ulp = f.ulp AND o.patch = f.patch)
                       AS patch_size
            FROM customer c
            LEFT JOIN match_row m ON m.ulp = c.ulp AND m.idpel = c.idpel
            LEFT JOIN finding f ON f.ulp = c.ulp AND f.idpel = c.idpel
            LEFT JOIN LATERAL (
                SELECT urut, sisipan, hari_baca FROM rbm_list
                WHERE ulp = c.ulp AND idpel = c.idpel ORDER BY blth DESC, line LIMIT 1) l ON true
            LEFT JOIN LATERAL (
                SELECT tiang FROM pdpj
                WHERE ulp = c.ulp AND idpel = c.idpel AND valid_to IS NULL AND active
                ORDER BY line LIMIT 1) p ON true
            WHERE c.ulp = :ulp AND c.public_id = CAST(:pid AS uuid)
            """
            ),
            {"ulp": ulp, "pid": public_id},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotThere(
            "this customer is not in the unit any more; search for it again",
            "pelanggan ini tidak ada lagi di unit; cari lagi",
        )
    return dict(row)


def customer_photos(session: Session, *, ulp: str, idpel: str) -> list[dict[str, Any]]:
    """Return public_id and blth of a customer's photos, newest month first."""
    rows = session.execute(
        text(
            "SELECT public_id::text AS public_id, blth FROM photo "
            "WHERE ulp = :u AND idpel = :i ORDER BY blth DESC, sha256"
        ),
        {"u": ulp, "i": idpel},
    ).mappings()
    return [dict(r) for r in rows]


def photo(session: Session, *, ulp: str, public_id: str) -> tuple[str, str]:
    """Return hash and suffix of one photo; raises `NotThere`."""
    row = session.execute(
        text("SELECT sha256, suffix FROM photo WHERE ulp = :u AND public_id = CAST(:p AS uuid)"),
        {"u": ulp, "p": public_id},
    ).one_or_none()
    if row is None:
        raise NotThere("there is no such photo", "foto ini tidak ada")
    return str(row.sha256), str(row.suffix)


def photo_of(session: Session, *, ulp: str, sha256: str) -> list[str]:
    """Return whose a photo is: every idpel that its content is kept for."""
    return list(
        session.scalars(
            text("SELECT DISTINCT idpel FROM photo WHERE ulp = :u AND sha256 = :h ORDER BY 1"),
            {"u": ulp, "h": sha256},
        )
    )


def customer_readings(session: Session, *, ulp: str, idpel: str) -> pd.DataFrame:
    """Return the newest 13 months of one customer: blth, source, kwh, stand_kwh, lbkb_code."""
    return read(
        session,
        "SELECT blth, source, kwh, stand_kwh, lbkb_code FROM reading "
        "WHERE ulp = :ulp AND idpel = :idpel ORDER BY blth DESC, source, line LIMIT 26",
        ulp=ulp,
        idpel=idpel,
    )


def rbm_codes(session: Session, *, ulp: str) -> list[str]:
    """Return the RBM of the newest list, by code."""
    rows = session.execute(
        text(
            "SELECT DISTINCT rbm FROM rbm_list WHERE ulp = :ulp AND rbm IS NOT NULL "
            "AND blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp) ORDER BY rbm"
        ),
        {"ulp": ulp},
    )
    return [r[0] for r in rows]


def rbm_counts(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return the RBM of the newest list by code: rbm, hari_baca, officer, customers, with_point."""
    return read(
        session,
        """
        SELECT l.rbm, min(l.hari_baca) AS hari_baca, min(l.officer) AS officer,
               count(DISTINCT l.idpel) AS customers,
               count(DISTINCT l.idpel) FILTER (WHERE c.geom IS NOT NULL) AS with_point
        FROM rbm_list l LEFT JOIN customer c ON c.ulp = l.ulp AND c.idpel = l.idpel
        WHERE l.ulp = :ulp AND l.rbm IS NOT NULL
          AND l.blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)
        GROUP BY l.rbm ORDER BY l.rbm
        """,
        ulp=ulp,
    )


def newest_version(session: Session, *, ulp: str, rbm: str) -> int | None:
    """Return the newest version that has a RBM, to look at its walk beside today's."""
    found = session.scalar(
        text("SELECT max(version_id) FROM rbm_member WHERE ulp = :u AND rbm = :r"),
        {"u": ulp, "r": rbm},
    )
    return None if found is None else int(found)


def gardu_counts(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return every gardu with its customers in force: gardu, penyulang, rating_kva, customers."""
    return read(
        session,
        """
        SELECT g.gardu, g.penyulang, g.rating_kva::float8 AS rating_kva, g.without_master,
               g.geom IS NOT NULL AS has_point, count(p.idpel) AS customers
        FROM gardu g
        LEFT JOIN pdpj p ON p.ulp = g.ulp AND p.gardu = g.gardu AND p.valid_to IS NULL AND p.active
        WHERE g.ulp = :ulp
        GROUP BY g.gardu, g.penyulang, g.rating_kva, g.without_master, g.geom ORDER BY g.gardu
        """,
        ulp=ulp,
    )


def rejects_by_rule(session: Session, *, ulp: str, batch_id: int) -> list[dict[str, Any]]:
    """Return the refused rows of a batch grouped by rule and column, most frequent first."""
    rows = session.execute(
        text(
            """
            SELECT r.rule, r."column", count(*) AS n,
                   (array_agg(r.row_no ORDER BY r.file_no, r.row_no))[1] AS first_row,
                   (array_agg(r.value ORDER BY r.file_no, r.row_no))[1] AS value,
                   (array_agg(f.file_name ORDER BY r.file_no, r.row_no))[1] AS file_name,
                   (array_agg(f.sheet ORDER BY r.file_no, r.row_no))[1] AS sheet,
                   min(r.message_id) AS message_id, min(r.message_en) AS message_en
            FROM import_reject r LEFT JOIN import_file f USING (ulp, batch_id, file_no)
            WHERE r.ulp = :ulp AND r.batch_id = :b
            GROUP BY r.rule, r."column" ORDER BY n DESC, r.rule, r."column"
            """
        ),
        {"ulp": ulp, "b": batch_id},
    ).mappings()
    return [dict(r) for r in rows]


def survey_runs(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return the visits of every plan by surveyor and day: run_id, surveyor, day, tasks, answered.

    ``answered`` counts visits, as ``tasks`` does: the second one of a house is made once
    another person answered as well. ``seconds`` of the tasks are such second visits.
    The list of an event is a list of its own, `rbmgeo.db.queries.event_effects.own_lists`.
    """
    return read(
        session,
        f"""
        SELECT t.run_id, t.surveyor, t.day, count(*) AS tasks,
               count(*) FILTER (WHERE {VISITED}) AS answered,
               count(*) FILTER (WHERE t.control) AS controls,
               count(*) FILTER (WHERE t.second) AS seconds
        FROM survey_task t WHERE t.ulp = :ulp AND t.run_id NOT IN ({OWN_LISTS})
        GROUP BY t.run_id, t.surveyor, t.day ORDER BY t.run_id DESC, t.surveyor, t.day
        """,
        ulp=ulp,
    )


def proposal_rows(
    session: Session, *, ulp: str, state: str, size: int = 200
) -> list[dict[str, Any]]:
    """Return proposals of a state with their customer's public id, newest first."""
    rows = session.execute(
        text(
            """
            SELECT p.proposal_id, p.idpel, p.field, p.subject, p.before, p.after, p.state, p.proposed_by,
                   p.proposed_at, p.effective_on, c.public_id::text AS public_id, f.p
            FROM proposal p
            LEFT JOIN customer c ON c.ulp = p.ulp AND c.idpel = p.idpel
            LEFT JOIN finding f ON f.ulp = p.ulp AND f.idpel = p.idpel
            WHERE p.ulp = :ulp AND p.state = :state AND p.event_id IS NULL AND p.spelling_id IS NULL
            ORDER BY p.proposal_id DESC LIMIT :size
            """
        ),
        {"ulp": ulp, "state": state, "size": size},
    ).mappings()
    return [dict(r) for r in rows]


def route_members(session: Session, *, ulp: str, version_id: int, rbm: str) -> list[dict[str, Any]]:
    """Return the customers of one RBM of a version in walking order."""
    rows = session.execute(
        text(
            """
            SELECT m.idpel, m.urut, m.sisipan, c.public_id::text AS public_id, c.tarif, c.daya_va,
                   c.meter_number, c.geom IS NOT NULL AS has_point, p.gardu, l.rbm AS rbm_before
            FROM rbm_member m
            LEFT JOIN customer c ON c.ulp = m.ulp AND c.idpel = m.idpel
            LEFT JOIN LATERAL (SELECT gardu FROM pdpj WHERE ulp = m.ulp AND idpel = m.idpel
                AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON true
            LEFT JOIN LATERAL (SELECT rbm FROM rbm_list WHERE ulp = m.ulp AND idpel = m.idpel
                ORDER BY blth DESC, line LIMIT 1) l ON true
            WHERE m.ulp = :ulp AND m.version_id = :v AND m.rbm = :rbm
            ORDER BY m.urut, m.sisipan, m.idpel
            """
        ),
        {"ulp": ulp, "v": version_id, "rbm": rbm},
    ).mappings()
    return [dict(r) for r in rows]


def in_latest_plan(session: Session, *, ulp: str, idpel: str) -> bool | None:
    """Say whether the newest survey plan visits a customer; None where there is no plan."""
    run = _latest_plan(session, ulp)
    if run is None:
        return None
    found = session.scalar(
        text("SELECT true FROM survey_task WHERE ulp = :u AND run_id = :r AND idpel = :i"),
        {"u": ulp, "r": run, "i": idpel},
    )
    return bool(found)


def add_visit(session: Session, *, ulp: str, idpel: str) -> int:
    """Add a customer as the last stop of the newest plan's last day; raises `NothingToDo`."""
    run = _latest_plan(session, ulp)
    if run is None:
        raise NothingToDo(
            "there is no survey plan yet; make one on the page Survey first",
            "belum ada rencana survei; buat dulu di halaman Survei",
        )
    session.execute(
        text(
            """
            INSERT INTO survey_task (ulp, run_id, idpel, surveyor, day, stop, control, question)
            SELECT :u, :r, :i, t.surveyor, t.day, t.stop + 1, false,
                   (SELECT question FROM finding WHERE ulp = :u AND idpel = :i)
            FROM survey_task t WHERE t.ulp = :u AND t.run_id = :r
            ORDER BY t.day DESC, t.surveyor DESC, t.stop DESC LIMIT 1
            ON CONFLICT (ulp, run_id, idpel, second) DO NOTHING
            """
        ),
        {"u": ulp, "r": run, "i": idpel},
    )
    return run


def _latest_plan(session: Session, ulp: str) -> int | None:
    found = session.scalar(
        text(
            f"SELECT max(run_id) FROM survey_task WHERE ulp = :ulp AND run_id NOT IN ({OWN_LISTS})"
        ),
        {"ulp": ulp},
    )
    return None if found is None else int(found)


def listed_members(session: Session, *, ulp: str, rbm: str) -> list[dict[str, Any]]:
    """Return the customers of one RBM of the newest list, in its order, as `route_members`."""
    rows = session.execute(
        text(
            """
            SELECT l.idpel, l.urut, l.sisipan, c.public_id::text AS public_id, c.tarif, c.daya_va,
                   c.meter_number, c.geom IS NOT NULL AS has_point, p.gardu, l.rbm AS rbm_before
            FROM rbm_list l
            LEFT JOIN customer c ON c.ulp = l.ulp AND c.idpel = l.idpel
            LEFT JOIN LATERAL (SELECT gardu FROM pdpj WHERE ulp = l.ulp AND idpel = l.idpel
                AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON true
            WHERE l.ulp = :ulp AND l.rbm = :rbm
              AND l.blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)
            ORDER BY l.urut, l.sisipan, l.idpel, l.line
            """
        ),
        {"ulp": ulp, "rbm": rbm},
    ).mappings()
    return [dict(r) for r in rows]


def gardu_members(session: Session, *, ulp: str, gardu: str) -> list[dict[str, Any]]:
    """Return the customers that the records in force put on one gardu, by pole."""
    rows = session.execute(
        text(
            """
            SELECT p.idpel, p.tiang, p.jurusan, c.public_id::text AS public_id, c.tarif,
                   c.daya_va, c.meter_number, c.active, c.geom IS NOT NULL AS has_point,
                   m.rbm, m.match, f.p, f.kind
            FROM pdpj p
            LEFT JOIN customer c ON c.ulp = p.ulp AND c.idpel = p.idpel
            LEFT JOIN match_row m ON m.ulp = p.ulp AND m.idpel = p.idpel
            LEFT JOIN finding f ON f.ulp = p.ulp AND f.idpel = p.idpel
            WHERE p.ulp = :ulp AND p.gardu = :gardu AND p.valid_to IS NULL AND p.active
            ORDER BY p.jurusan NULLS LAST, p.tiang NULLS LAST, p.idpel
            """
        ),
        {"ulp": ulp, "gardu": gardu},
    ).mappings()
    return [dict(r) for r in rows]


def calibration(session: Session, *, ulp: str) -> dict[str, Any]:
    """Return slope, shift and answers by which the latest matching corrected p, {} if none."""
    found = session.scalar(
        text(
            "SELECT summary->'calibration' FROM run WHERE ulp = :ulp AND step = 'match' "
            "AND summary->>'findings' IS NOT NULL ORDER BY run_id DESC LIMIT 1"
        ),
        {"ulp": ulp},
    )
    return dict(found or {})


def tiers(session: Session, *, ulp: str) -> list[tuple[str, int]]:
    """Count the customers of the latest matching by what their doubt was computed from."""
    rows = session.execute(
        text("SELECT tier, count(*) FROM finding WHERE ulp = :ulp GROUP BY tier ORDER BY tier"),
        {"ulp": ulp},
    )
    return [(row[0], int(row[1])) for row in rows]

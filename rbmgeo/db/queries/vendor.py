"""A vendor's coordinator: which RBM are assigned to whom, and what he sees of his own.

The last three read the views of schema ``vendor``, which look to who asks themselves.
"""

from typing import Any

import pandas as pd
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rbmgeo.db.models import AppUser, UserRbm, UserRole
from rbmgeo.db.queries.lists import read
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.terms import Role


def coordinators(session: Session, *, ulp: str) -> list[tuple[int, str]]:
    """Return (user id, name) of the unit's coordinators, by name."""
    rows = session.execute(
        select(AppUser.user_id, AppUser.display_name)
        .join(UserRole, UserRole.user_id == AppUser.user_id)
        .where(UserRole.ulp == ulp, UserRole.role == Role.VENDOR, AppUser.active)
        .order_by(AppUser.display_name, AppUser.user_id)
    )
    return [(int(i), str(name)) for i, name in rows]


def assignments(session: Session, *, ulp: str) -> list[dict[str, Any]]:
    """Return every assignment of a unit, those that hold first: by name, RBM, newest first."""
    rows = session.execute(
        text(
            """
            SELECT a.assigned_id, a.rbm, a.assigned_by, a.assigned_at, a.ended_by, a.ended_at,
                   COALESCE(u.display_name, a.user_id::text) AS name
            FROM user_rbm a LEFT JOIN (SELECT user_id, display_name FROM app_user) u USING (user_id)
            WHERE a.ulp = :ulp
            ORDER BY a.ended_at IS NOT NULL, name, a.rbm, a.assigned_id DESC
            """
        ),
        {"ulp": ulp},
    )
    return [dict(row) for row in rows.mappings()]


def assign(session: Session, *, ulp: str, user_id: int, rbms: list[str], who: str) -> list[str]:
    """Assign RBM of the newest list to a coordinator; return those that were not yet his.

    Raises `UsageError` for who is no coordinator here, or an RBM that is not on the list.
    """
    if user_id not in {i for i, _ in coordinators(session, ulp=ulp)}:
        raise UsageError(
            "this user is no vendor coordinator of the unit; give the role on the page Users",
            "pengguna ini bukan koordinator vendor unit ini; beri perannya di halaman Pengguna",
        )
    known = set(
        session.scalars(
            text(
                "SELECT DISTINCT rbm FROM rbm_list WHERE ulp = :u AND rbm = ANY(:r) "
                "AND blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :u)"
            ),
            {"u": ulp, "r": rbms},
        )
    )
    unknown = sorted(set(rbms) - known)
    if unknown or not rbms:
        said = ", ".join(unknown) or "-"
        raise UsageError(
            f"RBM {said} is not on the newest list; see the page Map for those that are",
            f"RBM {said} tidak ada di daftar terbaru; lihat halaman Peta",
        )
    done = session.scalars(
        insert(UserRbm)
        .values([{"ulp": ulp, "user_id": user_id, "rbm": r, "assigned_by": who} for r in sorted(known)])
        .on_conflict_do_nothing()
        .returning(UserRbm.rbm)
    )  # fmt: skip
    return sorted(map(str, done))


def take_back(session: Session, *, ulp: str, assigned_id: int, who: str) -> str:
    """End an assignment, which stays with who ended it; return its RBM; raises `NotThere`."""
    done = session.scalar(
        update(UserRbm)
        .where(UserRbm.ulp == ulp, UserRbm.assigned_id == assigned_id, UserRbm.ended_at.is_(None))
        .values(ended_by=who, ended_at=func.now())
        .returning(UserRbm.rbm)
    )
    if done is None:
        raise NotThere(
            "this assignment has ended already; see the list", "penugasan ini sudah berakhir; lihat daftarnya"
        )  # fmt: skip
    return str(done)


def months(session: Session, *, ulp: str) -> list[str]:
    """Return the months in which any of one's RBM is on the list, oldest first."""
    query = text("SELECT DISTINCT blth FROM vendor.progress WHERE ulp = :u ORDER BY blth")
    return list(session.scalars(query, {"u": ulp}))


def progress(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return one's RBM in a month, by code: ``rbm``, ``customers``, ``read``, ``last_on``.

    An RBM without a list in that month has nothing known of it, not zero.
    """
    return read(
        session,
        "SELECT r.rbm, p.customers, p.read, p.last_on FROM vendor.rbm r "
        "LEFT JOIN vendor.progress p ON p.ulp = r.ulp AND p.rbm = r.rbm AND p.blth = :b "
        "WHERE r.ulp = :u ORDER BY r.rbm",
        u=ulp, b=blth,
    )  # fmt: skip


def members(session: Session, *, ulp: str, rbm: str) -> list[dict[str, Any]]:
    """Return who is on an RBM of the newest list, in its order, with name and address."""
    rows = session.execute(
        text(
            """
            SELECT l.idpel, l.urut, l.sisipan, c.name, c.address, c.meter_number, c.tarif,
                   c.daya_va, c.geom IS NOT NULL AS has_point
            FROM rbm_list l LEFT JOIN customer c ON c.ulp = l.ulp AND c.idpel = l.idpel
            WHERE l.ulp = :ulp AND l.rbm = :rbm
              AND l.blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)
            ORDER BY l.urut, l.sisipan, l.idpel, l.line
            """
        ),
        {"ulp": ulp, "rbm": rbm},
    )
    return [dict(row) for row in rows.mappings()]

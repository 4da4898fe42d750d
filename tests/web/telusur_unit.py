"""The small unit with poles and lines: PD001 feeds T0-T3 north to south, PD002 the others."""

import small_unit as small
from sqlalchemy import text
from sqlalchemy.orm import Session

HERE, THERE = "PD001", "PD002"


def build(session: Session) -> None:
    """Draw poles T0-T7 beside the houses, a line of PD001 over T0-T4, and move house 4 to PD001's side."""
    small.build(session)
    add_lines(session)


def add_lines(session: Session) -> None:
    """Add poles, spans and the poles of the records."""
    for n in range(8):
        session.execute(
            text(
                "INSERT INTO tiang (ulp, tiang, geom) "
                "VALUES (:u, :t, ST_SetSRID(ST_MakePoint(:x, -7.65), 4326))"
            ),
            {"u": small.SMALL, "t": f"T{n}", "x": 112.70 + n * 0.0002},
        )
    for n in range(7):
        # The line of PD001 reaches T4: house 4, recorded on PD002, stands at its end.
        session.execute(
            text(
                """
                INSERT INTO jtr_span (ulp, span, gardu, jurusan, tiang_1, tiang_2, length_m, geom)
                SELECT :u, :s, :g, '1', a.tiang, b.tiang, 22.0, ST_MakeLine(a.geom, b.geom)
                FROM tiang a, tiang b
                WHERE a.ulp = :u AND b.ulp = :u AND a.tiang = :a AND b.tiang = :b
                """
            ),
            {"u": small.SMALL, "s": f"S{n}", "g": HERE if n < 4 else THERE, "a": f"T{n}", "b": f"T{n + 1}"},
        )  # fmt: skip
    # Houses 0 and 1 hang on one pole; house 3 is on no pole, and stands beside T3.
    for n, tiang in enumerate(("T1", "T1", "T2", None, "T4", "T5", "T6")):
        session.execute(
            text("UPDATE pdpj SET tiang = :t WHERE ulp = :u AND idpel = :i"),
            {"u": small.SMALL, "i": small.idpel(n), "t": tiang},
        )
    session.flush()

"""The two lists that disagree: customers per RBM and customers per gardu (PDPJ)."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Index, PrimaryKeyConstraint, String, text
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, Idpel, UlpKey


class RbmList(Base):
    """One customer's place on one RBM in one month, as the reading or billing app lists it.

    ``line`` is "" or a number for further, contradicting rows (``ganda``, R-IM-04).
    """

    __tablename__ = "rbm_list"
    __table_args__ = (
        # One customer's lists are asked for more often than a month's keys.
        PrimaryKeyConstraint("idpel", "ulp", "blth", "line"),
        Index("ix_rbm_list_ulp_blth_rbm", "ulp", "blth", "rbm"),
    )

    ulp: Mapped[UlpKey]
    blth: Mapped[Blth] = mapped_column(primary_key=True)
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    source: Mapped[str]
    rbm: Mapped[str | None]
    kddk: Mapped[str | None]
    urut: Mapped[int | None]
    sisipan: Mapped[int | None]
    hari_baca: Mapped[str | None]
    officer: Mapped[str | None]
    gardu: Mapped[str | None]
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class Pdpj(Base):
    """One dated record that ties a customer to its gardu, line and pole.

    The dates of one ``line`` never overlap (an exclusion constraint of the database); the
    record in force has no ``valid_to``. ``conflict`` marks lines that contradict each other:
    they stay visible and assign nothing until a person decides (R-IM-04).
    """

    __tablename__ = "pdpj"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order"),
        Index("ix_pdpj_ulp_gardu", "ulp", "gardu"),
        # Who hangs on one pole or deret: for most records neither is known, and old ones ask nothing.
        Index(
            "ix_pdpj_ulp_tiang",
            "ulp",
            "tiang",
            postgresql_where=text("valid_to IS NULL AND tiang IS NOT NULL"),
        ),
        Index(
            "ix_pdpj_ulp_deret",
            "ulp",
            "deret",
            postgresql_where=text("valid_to IS NULL AND deret IS NOT NULL"),
        ),
    )

    ulp: Mapped[UlpKey]
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    gardu: Mapped[str | None]
    raw_gardu: Mapped[str | None]
    jurusan: Mapped[str | None]
    tiang: Mapped[str | None]
    deret: Mapped[str | None]
    penyulang: Mapped[str | None]
    source: Mapped[str]
    conflict: Mapped[bool] = mapped_column(server_default=text("false"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    proposal_id: Mapped[int | None] = mapped_column(BigInteger)
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class Officer(Base):
    """One reader or surveyor, by code."""

    __tablename__ = "officer"

    ulp: Mapped[UlpKey]
    officer: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]


class Calendar(Base):
    """The date on which a reading day of a month is read (the calendar is data)."""

    __tablename__ = "calendar"

    ulp: Mapped[UlpKey]
    blth: Mapped[Blth] = mapped_column(primary_key=True)
    hari_baca: Mapped[str] = mapped_column(String(8), primary_key=True)
    read_on: Mapped[date]
    batch_id: Mapped[int | None] = mapped_column(BigInteger)

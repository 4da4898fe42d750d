from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    String,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, UlpKey


class ImportBatch(Base):
    """One list taken in, in one transaction: read = good + rejected + skipped.

    ``unchanged`` of the good rows said what was there already, ``same`` counts that by table.
    kwh_good + kwh_rejected + kwh_skipped = kwh_file where all is well: the first is summed
    over what the database holds, the last over what the file says. An undone batch stays, and
    its file may come again.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        Index(
            "uq_import_batch_ulp_sha256_kind", "ulp", "sha256", "kind", unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    batch_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sha256: Mapped[str]
    file_name: Mapped[str]
    kind: Mapped[str]
    profile: Mapped[str]
    blth: Mapped[str | None]
    read: Mapped[int]
    good: Mapped[int]
    rejected: Mapped[int]
    skipped: Mapped[int]
    unchanged: Mapped[int] = mapped_column(server_default=text("0"))
    kwh_good: Mapped[Decimal | None] = mapped_column(Numeric)
    kwh_rejected: Mapped[Decimal | None] = mapped_column(Numeric)
    kwh_skipped: Mapped[Decimal | None] = mapped_column(Numeric)
    kwh_file: Mapped[Decimal | None] = mapped_column(Numeric)
    same: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    warnings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    imported_by: Mapped[str | None]
    imported_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    keeps_before: Mapped[bool] = mapped_column(server_default=text("false"))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_by: Mapped[str | None]


class ImportFile(Base):
    """One table of a file that a batch took in; ``file_no`` counts from 0 within the batch.

    A batch has several where each is the list of another RBM or sheet.
    """

    __tablename__ = "import_file"
    __table_args__ = (Index("ix_import_file_ulp_sha256", "ulp", "sha256"),)

    ulp: Mapped[UlpKey]
    batch_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    file_no: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    kind: Mapped[str]
    file_name: Mapped[str]
    sheet: Mapped[str | None]
    read: Mapped[int]
    good: Mapped[int]
    rejected: Mapped[int]
    skipped: Mapped[int]


class ImportBefore(Base):
    """One row as it was before a batch changed or removed it, or (``made``) a code it added.

    ``was`` holds its columns by name, geometry as EWKB in hex; written by a trigger.
    """

    __tablename__ = "import_before"

    ulp: Mapped[str] = mapped_column(String(8), primary_key=True)
    batch_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    before_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    relation: Mapped[str]
    made: Mapped[bool]
    was: Mapped[dict[str, Any]]


class ImportList(Base):
    """The customers that one batch named: their ids packed (`rbmgeo.workflows.batches`)."""

    __tablename__ = "import_list"

    ulp: Mapped[UlpKey]
    batch_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    people: Mapped[int]
    idpels: Mapped[bytes] = mapped_column(LargeBinary)


class ImportReject(Base):
    """One row that was not loaded: where, what, which rule, what to do; its cells as they came.

    ``kwh_months`` holds, for a row that tells a whole year, its kWh as text by blth; ``kwh`` is
    their sum then and ``blth`` missing.
    """

    __tablename__ = "import_reject"

    ulp: Mapped[UlpKey]
    batch_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    file_no: Mapped[int] = mapped_column(primary_key=True, server_default=text("0"))
    row_no: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[str | None]
    value: Mapped[str | None]
    rule: Mapped[str]
    message_id: Mapped[str]
    message_en: Mapped[str]
    blth: Mapped[str | None]
    kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    kwh_months: Mapped[dict[str, Any] | None]
    cells: Mapped[dict[str, Any]]

"""Arrears (SOP VI): payment checks before a cut, reports of cuts and reconnections.

Old rows stay as they are; unpaid bills are found by their customer.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0045_arrears"
down_revision = "0049_reading_answers"
branch_labels = None
depends_on = None


def _ulp(table: str) -> sa.Column[str]:
    return sa.Column(
        "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name=f"fk_{table}_ulp"), nullable=False
    )


def _now(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def upgrade() -> None:
    op.create_table(
        "payment_check",
        _ulp("payment_check"),
        sa.Column("check_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("batch_id", sa.BigInteger()),
        sa.Column("client_id", sa.Uuid()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("checked_by", sa.String(), nullable=False),
        _now("made_at"),
        sa.PrimaryKeyConstraint("ulp", "check_id", name="pk_payment_check"),
        sa.CheckConstraint("source IN ('berkas', 'layar')", name="ck_payment_check_source"),
    )
    op.create_index("ix_payment_check_ulp_idpel", "payment_check", ["ulp", "idpel", "checked_at"])
    op.create_index(
        "uq_payment_check_visit", "payment_check", ["ulp", "client_id", "sha256"], unique=True,
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "arrears_report",
        _ulp("arrears_report"),
        sa.Column("report_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("work_on", sa.Date(), nullable=False),
        sa.Column("acts", JSONB(), nullable=False),
        sa.Column("reported_by", sa.String(), nullable=False),
        _now("reported_at"),
        sa.PrimaryKeyConstraint("ulp", "report_id", name="pk_arrears_report"),
    )
    op.create_index("ix_arrears_report_ulp_work_on", "arrears_report", ["ulp", "work_on"])
    for table in ("payment_check", "arrears_report"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.create_index("ix_receivable_ulp_idpel", "receivable", ["ulp", "idpel"])
    op.create_index(
        "ix_receivable_unpaid", "receivable", ["ulp", "idpel"],
        postgresql_where=sa.text("paid_on IS NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_field_visit_arrears", "field_visit", ["ulp", "idpel"],
        postgresql_where=sa.text("job IN ('putus', 'sambung')"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_field_visit_arrears", table_name="field_visit")
    op.drop_index("ix_receivable_unpaid", table_name="receivable")
    op.drop_index("ix_receivable_ulp_idpel", table_name="receivable")
    op.drop_table("arrears_report")
    op.drop_table("payment_check")

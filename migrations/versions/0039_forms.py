"""Printed forms (kartu meter, TUL II-04, TUL VI-01, information, work sheets): a number each.

A form keeps what it said when it was printed, so that it can be printed again the same; nothing
of it is ever changed or taken away.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0039_forms"
down_revision = "0036_sheets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_print",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_form_print_ulp"),
                  nullable=False),
        sa.Column("print_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("forms", sa.Integer(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "print_id", name="pk_form_print"),
        sa.CheckConstraint("forms > 0", name="ck_form_print_forms_there"),
    )  # fmt: skip
    op.create_table(
        "printed_form",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_printed_form_ulp"),
                  nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("full_number", sa.String(), nullable=False),
        sa.Column("print_id", sa.BigInteger(), nullable=False),
        sa.Column("idpel", sa.String(12)),
        sa.Column("content", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "kind", "year", "number", name="pk_printed_form"),
        sa.UniqueConstraint("public_id", "ulp", name="uq_printed_form_public_id_ulp"),
    )  # fmt: skip
    op.create_index("ix_printed_form_ulp_print_id", "printed_form", ["ulp", "print_id"])
    op.create_index("ix_printed_form_ulp_idpel", "printed_form", ["ulp", "idpel"])
    for table in ("form_print", "printed_form"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("printed_form")
    op.drop_table("form_print")

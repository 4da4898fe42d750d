"""Candidates of a customer stand in one row, likeliest first: a seventh of the rows to write.

They are computed by every matching; nothing is lost by leaving the old ones behind.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_candidates_in_a_row"
down_revision = "0009_pdpj_dates_by_hash"
branch_labels = None
depends_on = None


def _table(*columns: "sa.Column[object]", key: tuple[str, ...]) -> None:
    op.drop_table("candidate")
    op.create_table(
        "candidate",
        sa.Column("ulp", sa.String(8), nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        *columns,
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_candidate_ulp")),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_candidate")),
    )


def upgrade() -> None:
    _table(
        sa.Column("gardu", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("distance_m", sa.ARRAY(sa.Double()), nullable=False),
        key=("ulp", "idpel"),
    )


def downgrade() -> None:
    _table(
        sa.Column("gardu", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=True),
        key=("ulp", "idpel", "gardu"),
    )

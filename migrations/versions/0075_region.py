"""Units roll up to UP3 and UID; customers at a border, and proposals to move them, are kept."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0075_region"
down_revision = "0072_unit_run"
branch_labels = None
depends_on = None


def _ulp(table: str) -> sa.Column[str]:
    return sa.Column(
        "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name=f"fk_{table}_ulp"), nullable=False
    )


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def upgrade() -> None:
    op.add_column("ulp", sa.Column("uid", sa.String(), nullable=True))
    op.create_table(
        "unit_figures",
        _ulp("unit_figures"),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("area", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=True),
        _moment("kept_at"),
        sa.PrimaryKeyConstraint("ulp", name="pk_unit_figures"),
    )
    op.create_table(
        "border_candidate",
        _ulp("border_candidate"),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("gardu", sa.String(), nullable=False),
        sa.Column("own_m", sa.Float(), nullable=False),
        sa.Column("other_ulp", sa.String(8), nullable=False),
        sa.Column("other_gardu", sa.String(), nullable=False),
        sa.Column("other_m", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "idpel", name="pk_border_candidate"),
    )
    op.create_table(
        "unit_move",
        _ulp("unit_move"),
        sa.Column("move_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("other_ulp", sa.String(8),
                  sa.ForeignKey("ulp.ulp", name="fk_unit_move_other_ulp"), nullable=False),
        sa.Column("gardu", sa.String(), nullable=True),
        sa.Column("own_m", sa.Float(), nullable=True),
        sa.Column("other_gardu", sa.String(), nullable=True),
        sa.Column("other_m", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        _moment("proposed_at"),
        sa.PrimaryKeyConstraint("ulp", "move_id", name="pk_unit_move"),
        sa.CheckConstraint("other_ulp <> ulp", name="another_unit"),
    )  # fmt: skip
    op.create_index("ix_unit_move_other_ulp", "unit_move", ["other_ulp"])
    op.create_index("ix_unit_move_ulp_idpel", "unit_move", ["ulp", "idpel"])
    op.create_table(
        "unit_move_step",
        _ulp("unit_move_step"),
        sa.Column("step_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("move_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=False),
        _moment("done_at"),
        sa.PrimaryKeyConstraint("ulp", "step_id", name="pk_unit_move_step"),
        sa.ForeignKeyConstraint(
            ["ulp", "move_id"], ["unit_move.ulp", "unit_move.move_id"],
            name="fk_unit_move_step_ulp_move_id",
        ),
        sa.CheckConstraint("step IN ('accepted', 'rejected', 'withdrawn', 'reopened')", name="step"),
    )  # fmt: skip
    op.create_index("ix_unit_move_step_ulp_move_id", "unit_move_step", ["ulp", "move_id"])
    for table in ("unit_move", "unit_move_step"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in ("unit_move_step", "unit_move", "border_candidate", "unit_figures"):
        op.drop_table(table)
    op.drop_column("ulp", "uid")

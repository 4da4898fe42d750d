"""A run over many units: each attempt at each unit, so that a run that was stopped goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0072_unit_run"
down_revision = "0068_job_lease"
branch_labels = None
depends_on = None

STATES = "'berjalan', 'disimpan', 'gagal', 'ditinggal', 'disisihkan'"


def upgrade() -> None:
    op.create_table(
        "unit_run",
        sa.Column("ulp", sa.String(8), nullable=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("snapshot_sha256", sa.String(64), nullable=False),
        sa.Column("result_sha256", sa.String(64)),
        sa.Column("cpu_s", sa.Float()),
        sa.Column("peak_mb", sa.Float()),
        sa.Column("error", sa.String()),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(f"state IN ({STATES})", name="ck_unit_run_state"),
        sa.CheckConstraint(
            "(state = 'disimpan') = (result_sha256 IS NOT NULL)", name="ck_unit_run_kept_has_hash"
        ),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name="fk_unit_run_ulp"),
        sa.PrimaryKeyConstraint("ulp", "run", "attempt", name="pk_unit_run"),
    )
    op.create_index("ix_unit_run_run", "unit_run", ["run"])


def downgrade() -> None:
    op.drop_table("unit_run")

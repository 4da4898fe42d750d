"""A vendor's coordinator sees the RBM assigned to him, and the pages no longer own the database."""

import sqlalchemy as sa
from alembic import op

from rbmgeo.db.roles import make_roles

revision = "0077_roles_of_the_database"
down_revision = "0076_search_units"
branch_labels = None
depends_on = None

_ROLES = "role IN ('admin', 'perencana', 'surveyor', 'pengawas'{more})"


def _role(more: str) -> None:
    op.execute("ALTER TABLE user_role DROP CONSTRAINT ck_user_role_role")
    op.create_check_constraint("role", "user_role", _ROLES.format(more=more))


def upgrade() -> None:
    make_roles(op.get_bind())
    _role(", 'vendor'")
    op.create_table(
        "user_rbm",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_user_rbm_ulp"), nullable=False),
        sa.Column("assigned_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("rbm", sa.String(), nullable=False),
        sa.Column("assigned_by", sa.String(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("ulp", "assigned_id", name="pk_user_rbm"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.user_id"], name="fk_user_rbm_user_id", ondelete="CASCADE"
        ),
    )  # fmt: skip
    op.create_index(
        "uq_user_rbm_now", "user_rbm", ["ulp", "user_id", "rbm"], unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("user_rbm")
    # Whoever had this role alone logs in and sees nothing, as before it was there.
    op.execute("DELETE FROM user_role WHERE role = 'vendor'")
    _role("")

"""Wrong passwords are remembered for some minutes, so that guessing has to wait."""

import sqlalchemy as sa
from alembic import op

revision = "0017_login_tries"
down_revision = "0016_batches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_try",
        sa.Column("try_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("login_hash", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("try_id", name="pk_login_try"),
    )
    op.create_index("ix_login_try_login_hash_at", "login_try", ["login_hash", "at"])


def downgrade() -> None:
    op.drop_table("login_try")

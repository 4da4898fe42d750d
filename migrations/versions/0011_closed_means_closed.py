"""A published version cannot be emptied by moving its rows away; logs cannot be emptied at once.

The database itself now also refuses to publish a draft that leaves out an active customer
read by the vendor, or that names an RBM which the draft does not have.
"""

from alembic import op

revision = "0011_closed_means_closed"
down_revision = "0010_candidates_in_a_row"
branch_labels = None
depends_on = None

_VERSION = """
CREATE FUNCTION refuse_published_version_edit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    missing bigint;
    astray bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'published' THEN
            RAISE EXCEPTION 'a version is born a draft; publish it';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'published' THEN
        RAISE EXCEPTION 'version is published and can no longer be edited; make a new draft';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'published' THEN
        SELECT count(*) INTO missing FROM customer c
        WHERE c.ulp = NEW.ulp AND c.active AND c.dibaca_oleh = 'vendor'
          AND NOT EXISTS (
            SELECT FROM rbm_member m
            WHERE m.ulp = c.ulp AND m.version_id = OLD.version_id AND m.idpel = c.idpel);
        SELECT count(*) INTO astray FROM rbm_member m
        WHERE m.ulp = OLD.ulp AND m.version_id = OLD.version_id
          AND NOT EXISTS (
            SELECT FROM rbm r
            WHERE r.ulp = m.ulp AND r.version_id = m.version_id AND r.rbm = m.rbm);
        IF missing + astray > 0 OR NEW.effective_blth IS NULL THEN
            RAISE EXCEPTION 'version is not complete: % customers left out, % in an unknown rbm, '
                'effective month %', missing, astray, NEW.effective_blth;
        END IF;
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$
"""

_ROWS = """
CREATE FUNCTION refuse_published_rows_edit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed boolean := false;
BEGIN
    -- Both ends count: a row that moves to a draft is lost to the version it leaves.
    -- The lock makes a publication wait for whoever still writes the draft.
    IF TG_OP <> 'INSERT' THEN
        SELECT state = 'published' INTO closed FROM rbm_version
        WHERE ulp = OLD.ulp AND version_id = OLD.version_id FOR SHARE;
    END IF;
    IF TG_OP <> 'DELETE' AND closed IS NOT TRUE THEN
        SELECT state = 'published' INTO closed FROM rbm_version
        WHERE ulp = NEW.ulp AND version_id = NEW.version_id FOR SHARE;
    END IF;
    IF closed THEN
        RAISE EXCEPTION 'version is published and can no longer be edited; make a new draft';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$
"""

_TRUNCATE = """
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% holds what is published or logged and is never emptied at once', TG_TABLE_NAME;
END $$
"""

_FUNCTIONS = {
    "rbm_version": "refuse_published_version_edit",
    "rbm": "refuse_published_rows_edit",
    "rbm_member": "refuse_published_rows_edit",
}
_NEVER_EMPTIED = (*_FUNCTIONS, "command_log", "survey_answer", "approval")


def upgrade() -> None:
    for function in (_VERSION, _ROWS, _TRUNCATE):
        op.execute(function)
    for table, function in _FUNCTIONS.items():
        _close(table, function)
    for table in _NEVER_EMPTIED:
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()"
        )


def downgrade() -> None:
    for table in _NEVER_EMPTIED:
        op.execute(f"DROP TRIGGER never_emptied ON {table}")
    for table in _FUNCTIONS:
        _close(table, "refuse_published_edit")
    for name in (*dict.fromkeys(_FUNCTIONS.values()), "refuse_truncate"):
        op.execute(f"DROP FUNCTION {name}()")


def _close(table: str, function: str) -> None:
    op.execute(f"DROP TRIGGER published_is_closed ON {table}")
    op.execute(
        f"CREATE TRIGGER published_is_closed BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )

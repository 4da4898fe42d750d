"""Long work waits in a queue inside the database and is done by a worker beside the pages.

The tables and functions are those that the pinned procrastinate brings; nothing of older
rows changes. Going down throws away what still waits in the queue, not the job list.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0008_job_queue"
down_revision = "0007_people_and_jobs"
branch_labels = None
depends_on = None

_DROP = """
DO $$
DECLARE item record;
BEGIN
    FOR item IN SELECT tablename AS name FROM pg_tables
                WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate\\_%'
    LOOP EXECUTE format('DROP TABLE %I CASCADE', item.name); END LOOP;
    FOR item IN SELECT p.oid::regprocedure AS name FROM pg_proc p
                WHERE p.pronamespace = current_schema()::regnamespace
                  AND p.proname LIKE 'procrastinate\\_%'
    LOOP EXECUTE format('DROP FUNCTION %s CASCADE', item.name); END LOOP;
    FOR item IN SELECT t.typname AS name FROM pg_type t
                WHERE t.typnamespace = current_schema()::regnamespace
                  AND t.typname LIKE 'procrastinate\\_%' AND t.typtype IN ('e', 'c')
    LOOP EXECUTE format('DROP TYPE IF EXISTS %I CASCADE', item.name); END LOOP;
END $$
"""


def upgrade() -> None:
    """Make the queue's tables and functions."""
    _run(SchemaManager.get_schema())


def downgrade() -> None:
    """Drop everything of the queue."""
    _run(_DROP)


def _run(sql: str) -> None:
    # Through the driver: its text holds signs that SQLAlchemy would take for parameters.
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(sql)

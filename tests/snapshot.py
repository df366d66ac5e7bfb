"""Keeps the rows that every test may rely on, and brings a database that a test really wrote to back to them."""

from django.db import connection, transaction

SCHEMA = "snapshot"
# In the server, in one go: asking for each of some 250 tables from here takes longer than the exchange of the rows.
RESTORE = f"""
CREATE FUNCTION {SCHEMA}.restore() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    written boolean;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', name) INTO written;
        IF written THEN
            EXECUTE format('DELETE FROM public.%I', name);
        END IF;
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = '{SCHEMA}' LOOP
        EXECUTE format('INSERT INTO public.%1$I SELECT * FROM {SCHEMA}.%1$I', name);
    END LOOP;
END $$
"""


def take() -> None:
    """Remember all rows as they are now, in a schema of their own."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        for table in _filled(cursor, connection.introspection.table_names()):
            cursor.execute(f'CREATE TABLE {SCHEMA}."{table}" AS TABLE public."{table}"')
        cursor.execute(RESTORE)


@transaction.atomic
def restore() -> None:
    """Make the rows what they were. Sequences go on, so an id never means two things in one run."""
    with connection.cursor() as cursor:
        # Neither foreign keys nor triggers look while the rows are exchanged.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"SELECT {SCHEMA}.restore()")


def _filled(cursor, tables: list[str]) -> list[str]:
    parts = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM public.\"{table}\")" for table in tables]
    cursor.execute(" UNION ALL ".join(parts))
    return [row[0] for row in cursor.fetchall()]

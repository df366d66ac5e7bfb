"""How long a request waits for the database: then the reader is told, and the worker is free for others.

PostgreSQL's own limits (for a statement, for a lock, for a transaction that lies idle) hold while it lives. A server
that was stopped or lost answers nothing at all, so the client has a limit of its own. Only web workers are limited
(wsgi.py): a command may take its time.
"""

from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

# Beyond the limits, so that the server's own answer comes first.
MARGIN = 2  # seconds
_LIMITS = "SET statement_timeout = %(most)s; SET lock_timeout = %(most)s; SET idle_in_transaction_session_timeout = %(idle)s"


def limit_waiting() -> None:
    """From now on, every new connection to PostgreSQL of this process has limits."""
    connection_created.connect(_limit, dispatch_uid="storefront.patience")


def _limit(sender, connection, **kwargs: Any) -> None:
    seconds = settings.MARKETPLACE_DATABASE_SECONDS
    if connection.vendor != "postgresql" or not seconds:
        return
    _give_up_after(connection.connection, seconds + MARGIN)
    with connection.cursor() as cursor:
        cursor.execute(_LIMITS % {"most": int(seconds * 1000), "idle": int(seconds * 6000)})


def _give_up_after(raw: psycopg.Connection, seconds: float) -> None:
    wait = raw.wait

    def wait_a_while(gen, *args: Any, timeout: float | None = None, **kwargs: Any):
        try:
            return wait(gen, *args, timeout=seconds if timeout is None else timeout, **kwargs)
        except psycopg.OperationalError:
            if raw.info.transaction_status == TransactionStatus.ACTIVE:
                # No answer yet. A late one must not be taken for the next statement's.
                raw.close()
            raise

    raw.wait = wait_a_while

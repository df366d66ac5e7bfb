"""An import works beside the request that asked for it."""

import logging
import threading

from django.db import connections, transaction
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, task, task_backends
from django_tasks.backends.immediate import ImmediateBackend

from marketplace.bulk import runs
from marketplace.bulk.models import ImportRun

logger = logging.getLogger(__name__)
# Bytes of a table that is done before its sender has looked up; photos always take a while.
SMALL = 100_000


@task()
def go_on(run_id: int) -> str:
    return runs.work(run_id).state


def start(run: ImportRun) -> None:
    """After the commit: small ones at once, others by a worker, or without any in a thread of this process.

    A thread may be lost with its process; then somebody presses "go on", and nothing is lost.
    """
    transaction.on_commit(lambda: _start(run.pk, is_small(run)))


def is_small(run: ImportRun) -> bool:
    return not run.photos and run.file.size <= SMALL


def _start(pk: int, small: bool) -> None:
    if small or not isinstance(task_backends[DEFAULT_TASK_BACKEND_ALIAS], ImmediateBackend):
        go_on.enqueue(pk)
        return
    threading.Thread(target=_in_thread, args=(pk,), name=f"import-{pk}", daemon=True).start()


def _in_thread(pk: int) -> None:
    try:
        runs.work(pk)
    except Exception:
        # Nobody waits for a thread's answer; the page offers to go on.
        logger.exception("Import %s stopped.", pk)
    finally:
        connections.close_all()

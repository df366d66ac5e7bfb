"""A database that does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

from storefront.listing import version


@contextmanager
def database_away() -> Iterator[None]:
    """Within the block every statement of this thread fails, as when the server has gone."""

    def refuse(*args):
        raise OperationalError("server closed the connection unexpectedly")

    version.forget()
    with connection.execute_wrapper(refuse):
        yield
    version.forget()

"""Remembers answers per version of the content, and gives the last good one when the database is away.

The cards and oEmbed answers that agencies' visitors see must outlive an outage of the shop, so each worker
keeps what it last read. Nothing here is personal. Absence is never kept: only the database can say that
something is missing.
"""

import logging
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from django.db import Error

from storefront.embeds import moment
from storefront.embeds.shelf import Shelf

logger = logging.getLogger(__name__)


class Unavailable(Exception):
    """The answer cannot be made now and was not kept before."""


@dataclass
class Row:
    """``confirmed_at`` (seconds, monotonic) is when the value was last known to be true."""

    value: Any
    moment: moment.Moment
    confirmed_at: float


class Keep:
    """At most ``most`` values; those asked for once go first, then those not asked for longest."""

    def __init__(self, most: int) -> None:
        self._rows: Shelf[Row] = Shelf(most)

    def get(
        self, key: Hashable, make: Callable[[], Any], keepable: Callable[[Any], bool] = bool
    ) -> tuple[Any, float]:
        """(value, its age in seconds). Raises Unavailable when ``make`` fails and nothing was kept before.

        Any failure counts, not only the database's: agencies are promised a card or a 503, no error page.
        """
        row = self._rows.get(key)
        try:
            now = moment.now()
            if row is None or row.moment != now:
                value = make()
                if not keepable(value):
                    self._rows.drop(key)
                    return value, 0.0
                row = Row(value, now, time.monotonic())
                self._rows.put(key, row)
        except Exception as problem:
            # An outage fails every request in the same way; only other failures are worth their traceback.
            logger.error(
                "Embed %s could not be made: %s", key, problem, exc_info=not isinstance(problem, Error)
            )
            if row is None:
                raise Unavailable from problem
            return row.value, time.monotonic() - row.confirmed_at
        row.confirmed_at = time.monotonic()
        return row.value, 0.0

    def clear(self) -> None:
        self._rows.clear()

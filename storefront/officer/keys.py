"""The key of a form: what was sent twice is done once."""

import uuid
from collections.abc import Mapping


def key_of(data: Mapping[str, str]) -> uuid.UUID | None:
    """As the browser sends it back; None for anything else than one of ours."""
    try:
        return uuid.UUID(data.get("key", ""))
    except ValueError:
        return None

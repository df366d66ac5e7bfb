"""JSON as the API writes it."""

import json


def to_json(value: dict) -> bytes:
    """UTF-8. Nobody has to trust the media type: without "<" it is no HTML."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").encode()

"""JSON-LD as it stands in the head of a page: data that no browser runs, whatever the words in it say."""

import json
from collections.abc import Sequence

from django.utils.safestring import SafeString, mark_safe

# Within a script element only "<" ends it; the others cost nothing and keep every reader of the bytes calm.
INERT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def as_script(nodes: Sequence[dict]) -> SafeString:
    """The things of a page as one graph of schema.org, ready for the template; empty for none."""
    if not nodes:
        return SafeString("")
    graph = {"@context": "https://schema.org", "@graph": nodes}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(INERT)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')

"""Addresses (paths) of the feeds. They are the same in every market, so they never have one in them."""


def feed(language: str, name: str) -> str:
    """``name`` as the address ends: "stories.atom", "villages/ban-fai.ics"."""
    return f"/{language}/feeds/{name}"

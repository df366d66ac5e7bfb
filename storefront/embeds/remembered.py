"""What cards and oEmbed answers are made of, kept in this process per version of the content."""

from storefront.embeds.kept import Keep
from storefront.embeds.subjects import Found, Subject, find_subject

# Subjects take 3 to 5 kB each; places (which page is at an address) next to nothing.
subjects = Keep(most=2000)
places = Keep(most=4000)


def recall(kind: str, language: str, pk: int) -> tuple[Found, float]:
    """The subject and its age in seconds: 0, or more while the database is away. Raises kept.Unavailable."""
    return subjects.get(
        (kind, language, pk),
        lambda: find_subject(kind, language, pk),
        keepable=lambda found: isinstance(found, Subject),
    )


def forget() -> None:
    """Drop everything (tests)."""
    subjects.clear()
    places.clear()

"""The subjects that cards and oEmbed answers share, kept per version of the content."""

from storefront.embeds.kept import Keep
from storefront.embeds.subjects import Found, Subject, find_subject

# A subject takes 3 to 5 kB.
subjects = Keep(most=2000)


def recall(kind: str, language: str, pk: int) -> tuple[Found, float]:
    """The subject and its age in seconds: 0, or more while the database is away. Raises kept.Unavailable."""
    return subjects.get(
        (kind, language, pk), lambda: find_subject(kind, language, pk), keepable=lambda found: isinstance(found, Subject)
    )

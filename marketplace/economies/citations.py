"""Sources as buyers read them. Staff see the text of the row; a buyer is told whose word it is, and what nobody checked."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

# From this word on a source says what nobody has checked: "ato.gov.au; unverified: duty range", "Unverified sample: …".
UNVERIFIED = re.compile(r"[;:,(\s]*\bunverified\b", re.IGNORECASE)


@dataclass(frozen=True)
class Citation:
    """``named`` as the row has it, usually in English; empty where there is nobody to name."""

    named: str
    verified: bool

    def __str__(self) -> str:
        """In the active language, such as "ato.gov.au, not verified yet"."""
        if self.verified:
            return self.named
        return _("%(source)s, not verified yet") % {"source": self.named} if self.named else _("not verified yet")


def cite(source: str) -> Citation:
    found = UNVERIFIED.search(source)
    return Citation(source[: found.start()].strip() if found else source.strip(), found is None)

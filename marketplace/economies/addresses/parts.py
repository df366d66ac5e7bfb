"""One person's address, part by part, in the script it was written in and in Latin letters."""

from dataclasses import dataclass

from marketplace.economies.scripts import is_latin

# Parts that are written by hand and therefore asked for in both scripts.
WRITTEN = ("line1", "line2", "district", "city", "state")


@dataclass(frozen=True)
class AddressParts:
    """``economy`` is a two-letter code; ``state`` the code of an area where the economy has a list, else free text.

    ``name`` and the plain parts stand as their owner wrote them. The ``latin_`` parts are asked for where those are in
    another script, never made from them; a person with one name has a given name only.
    """

    economy: str
    name: str = ""
    line1: str = ""
    line2: str = ""
    district: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    latin_given: str = ""
    latin_family: str = ""
    latin_line1: str = ""
    latin_line2: str = ""
    latin_district: str = ""
    latin_city: str = ""
    latin_state: str = ""

    @property
    def latin_name(self) -> str:
        """Given name first. Empty when neither was written in Latin letters."""
        asked = " ".join(part for part in (self.latin_given, self.latin_family) if part)
        return asked or (self.name if is_latin(self.name) else "")

    def latin(self, part: str) -> str:
        """``part`` (one of WRITTEN) in Latin letters: as asked for, else as written if that is Latin, else empty."""
        asked, written = getattr(self, f"latin_{part}"), getattr(self, part)
        return asked or (written if is_latin(written) else "")

    @property
    def is_latin(self) -> bool:
        """Whether everything was written in Latin letters."""
        return all(is_latin(getattr(self, part)) for part in ("name", *WRITTEN[:-1]))

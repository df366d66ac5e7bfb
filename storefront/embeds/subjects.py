"""What a card tells: words, place, picture and pieces of a page, a product or something else, in one language."""

from dataclasses import dataclass, field

from storefront.embeds import addresses


@dataclass(frozen=True)
class Subject:
    """All that a card or oEmbed answer says, in ``language``; ``lang`` is that of the subject's own words.

    ``kind`` names an entry of storefront.embeds.kinds. ``extra`` is what a kind's own template shows below or beside
    the words; ``room`` how high that is, in CSS pixels: (in a narrow card, in a wide one).
    """

    kind: str
    language: str
    pk: int
    slug: str
    url: str
    title: str
    lang: str
    # Of the title alone, where it is in another language than the other words: a name is translated before its page is.
    title_lang: str = ""
    lang_label: str = ""
    origin_label: str = ""
    text: str = ""
    places: tuple[tuple[str, str], ...] = ()  # (name, its language), nearest first
    craft: str = ""  # its slug, for the dye of the card
    author: str = ""
    author_url: str = ""
    picture: dict = field(default_factory=dict)
    # The same in lighter files, for the card; oEmbed names the first.
    lead: dict = field(default_factory=dict)
    pieces: tuple[dict, ...] = ()
    piece: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)
    room: tuple[int, int] = (0, 0)
    # What the card's main link says instead of the kind's words, and the part of the page that it leads to ("#visits").
    call: str = ""
    anchor: str = ""
    # Said below prices in another currency than the shop's, and where the wanted currency cannot be had now.
    price_note: str = ""

    @property
    def head_lang(self) -> str:
        """The title's language."""
        return self.title_lang or self.lang

    @property
    def shown_picture(self) -> dict:
        """What the card itself draws."""
        return self.lead or self.picture

    @property
    def card_path(self) -> str:
        return addresses.card_path(self.language, self.kind, self.slug, self.pk)

    @property
    def name(self) -> str:
        """As it is counted under, and as it calls itself in messages: "story-7"."""
        return f"{self.kind}-{self.pk}"


@dataclass(frozen=True)
class Gone:
    """It was here and is not any more. ``back_url`` leads to its village, or to all stories."""

    back_url: str
    back_name: str = ""
    back_lang: str = ""


@dataclass(frozen=True)
class Restricted:
    """It is here, and not for everyone."""


Found = Subject | Gone | Restricted | None

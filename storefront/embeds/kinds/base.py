"""What a kind of card is, and the registry of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from marketplace.registry import Registry
from storefront.embeds.subjects import Found

if TYPE_CHECKING:
    from storefront.embeds.addresses import Place


def same(pk: int, _place: "Place") -> int:
    return pk


@dataclass(frozen=True)
class Kind:
    """One kind of card. Its name stands in addresses: 2 to 12 small letters.

    ``function(language, number)`` finds what card ``number`` tells; ``language`` is the active one then.
    ``call``: the words on the card's main link, lazily translated.
    ``template``: below storefront/embeds/, for kinds that show more than words, picture and pieces.
    ``locate(place)``: the number behind an address of the shop that is no page of the tree; None for any other.

    Pages say themselves of which kind their card is (``embed_kind``). ``beside`` names kinds of page that have a card
    of this kind, too, asked for by ``?card=<name>`` in the page's address; ``number_of(pk, place)`` is its number.
    """

    name: str
    function: Callable[[str, int], Found]
    call: str | Promise
    template: str = "card"
    locate: Callable[["Place"], int | None] | None = None
    beside: tuple[str, ...] = ()
    number_of: Callable[[int, "Place"], int | None] = same


kinds: Registry[Kind] = Registry("kind of card", Kind)

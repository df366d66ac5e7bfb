"""What is in a parcel, from whom, to whom, what for and worth how much: the one source of every paper.

Weights are grams, sizes millimetres, amounts Money in major units, economies two-letter codes (ISO 3166-1).
"""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from marketplace.economies.addresses import AddressParts
from marketplace.money import Money


class Category(StrEnum):
    """Why the goods travel. The values are ITMATT's codes of the nature of a transaction."""

    SALE = "11"
    RETURNED = "21"
    GIFT = "31"
    SAMPLE = "32"
    DOCUMENTS = "91"
    OTHER = "999"


@dataclass(frozen=True)
class Party:
    """Somebody with an address. ``language`` is that of the name and lines as written (it chooses the drawings of Han).

    ``customs_id`` is the person's own number where an economy asks for one; ``tax_id`` a firm's tax or export number.
    """

    address: AddressParts
    language: str = ""
    phone: str = ""
    email: str = ""
    tax_id: str = field(default="", repr=False)
    customs_id: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """In Latin letters, given name first; empty where nobody wrote it so."""
        return self.address.latin_name

    @property
    def economy(self) -> str:
        return self.address.economy


@dataclass(frozen=True)
class Licence:
    """A licence or certificate that travels with the goods: CITES, phytosanitary, cultural property …"""

    kind: str
    number: str
    issued_on: date | None = None


@dataclass(frozen=True)
class Line:
    """One kind of goods. ``description`` is English or French; ``net_weight_g`` and ``value`` are of the whole line.

    ``title`` is what the buyer knows it as, for the packing slip. ``parcel`` says in which parcel it lies, None where nobody
    noted it. ``piece`` is the product's id, for links only.
    """

    description: str
    quantity: int
    net_weight_g: int | None
    value: Money
    hs: str = ""
    origin: str = ""
    local_description: str = ""
    title: str = ""
    sku: str = ""
    maker_id: str = ""
    gtin: str = ""
    licences: tuple[Licence, ...] = ()
    parcel: int | None = None
    piece: int | None = None


@dataclass(frozen=True)
class Parcel:
    """One box. ``gross_g`` is what the scales said; ``s10`` its number, upper case without spaces, or empty."""

    number: int
    gross_g: int | None
    s10: str = ""
    sides_mm: tuple[int, ...] = ()
    postage: Money | None = None
    insurance: Money | None = None


@dataclass(frozen=True)
class Scheme:
    """The operator's number under a tax scheme, such as IOSS. ``electronic_only``: in the data, never on paper."""

    scheme: str
    number: str = field(repr=False)
    electronic_only: bool = False


@dataclass(frozen=True)
class Charge:
    """Something beside goods and postage that the buyer paid with the order, such as VAT under a scheme.

    ``label`` is English, ``words`` the same in the buyer's language.
    """

    label: str
    amount: Money
    words: str = ""


@dataclass(frozen=True)
class OriginClaim:
    """A claim to a lower duty: that ``lines`` (numbers from 1) originate under ``agreement``.

    ``certifier`` is who signs, as ``role`` "exporter", "producer" or "importer". ``criteria`` holds one per line.
    ``producer`` None: the same as the exporter. The blanket period, if any, has both days.
    """

    agreement: str
    role: str
    certifier: Party
    exporter: Party
    importer: Party
    lines: tuple[int, ...]
    criteria: tuple[str, ...]
    signed_by: str
    producer: Party | None = None
    signed_on: date | None = None
    blanket_from: date | None = None
    blanket_to: date | None = None
    version: str = ""


@dataclass(frozen=True)
class Declaration:
    """One consignment as customs, carrier and buyer are told of it. Nothing on a paper comes from anywhere else.

    ``sold``: money was paid for it. ``customs_id_wanted`` names the number of the addressee that the destination asks for.
    ``original_numbers`` are those of the parcels in which returned goods came. ``language`` is the buyer's.
    """

    number: str
    on: date
    sender: Party
    addressee: Party
    lines: tuple[Line, ...]
    parcels: tuple[Parcel, ...]
    category: Category = Category.SALE
    category_text: str = ""
    gift: bool = False
    gift_message: str = ""
    sold: bool = True
    postage: Money | None = None
    insurance: Money | None = None
    charges: tuple[Charge, ...] = ()
    invoice_number: str = ""
    invoice_date: date | None = None
    incoterm: str = ""
    incoterm_place: str = ""
    payment_terms: str = ""
    buyer: Party | None = None
    schemes: tuple[Scheme, ...] = ()
    claims: tuple[OriginClaim, ...] = ()
    reason: str = ""
    original_numbers: tuple[str, ...] = ()
    signed_by: str = ""
    customs_id_wanted: str = ""
    language: str = "en"
    shop: str = ""

    @property
    def currency(self) -> str:
        return self.lines[0].value.currency if self.lines else ""

    @property
    def value(self) -> Money:
        """Of all goods, without postage. Raises MoneyError where the lines have several currencies."""
        return total([line.value for line in self.lines])

    @property
    def gross_g(self) -> int:
        return sum(parcel.gross_g or 0 for parcel in self.parcels)

    @property
    def net_g(self) -> int:
        return sum(line.net_weight_g or 0 for line in self.lines)

    @property
    def abroad(self) -> bool:
        return self.sender.economy != self.addressee.economy

    @property
    def visible_schemes(self) -> tuple[Scheme, ...]:
        """Those that may be printed."""
        return tuple(scheme for scheme in self.schemes if not scheme.electronic_only)

    @property
    def licences(self) -> tuple[Licence, ...]:
        return tuple(dict.fromkeys(licence for line in self.lines for licence in line.licences))

    def of(self, parcel: Parcel) -> "Declaration":
        """The same for one parcel: its lines, its weight, its postage. Line numbers are those within the parcel.

        Where nobody noted which line lies where, a single parcel holds all; of several none can be told apart.
        """
        if len(self.parcels) == 1:
            return replace(self, postage=parcel.postage or self.postage)
        lines = tuple(line for line in self.lines if line.parcel == parcel.number)
        return replace(self, lines=lines, parcels=(parcel,), postage=parcel.postage, insurance=parcel.insurance)


def total(amounts: list[Money]) -> Money:
    """The sum of one or more amounts of one currency."""
    first, *rest = amounts
    return sum(rest, first)

"""What a paper asks of a Declaration, group by group. Every group answers with PaperProblems and changes nothing."""

import re
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from catalogue.export import HS6
from marketplace.economies.addresses import format_address
from marketplace.economies.names import economy_name
from marketplace.economies.scripts import is_latin
from marketplace.trade.papers.book import PaperBook
from marketplace.trade.papers.declaration import Category, Declaration, Line, Parcel, Party
from marketplace.trade.papers.fonts import missing
from marketplace.trade.papers.limits import check_cn22
from marketplace.trade.papers.refusal import PaperProblem, in_line

Check = Callable[[Declaration, PaperBook], list[PaperProblem]]
S10 = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
# What spreadsheets would run as a formula when a carrier opens the data.
FORMULA = re.compile(r"[=@+\-\t\r].*", re.DOTALL)
ECONOMY = re.compile(r"[A-Z]{2}")


def check_people(declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
    """Both ends have a name and an address that a sorter abroad can read."""
    return [*_person(declaration.sender, "sender"), *_person(declaration.addressee, "addressee")]


def _person(party: Party, who: str) -> Iterator[PaperProblem]:
    sender = who == "sender"
    if not party.name:
        text = _("The sender’s name is missing in Latin letters.") if sender else _(
            "The addressee’s name is missing in Latin letters. We never convert it ourselves: please ask the buyer."
        )
        yield PaperProblem(f"{who}.name", None, text, who)
    if not ECONOMY.fullmatch(party.economy):
        yield PaperProblem(f"{who}.economy", None, _("The economy of the address is missing."), who)
        return
    lines = format_address(party.address, script="latin", with_economy=False)
    if len(lines) <= bool(party.name):
        text = _("The sender’s address is missing in Latin letters.") if sender else _(
            "The addressee’s address is missing in Latin letters."
        )
        yield PaperProblem(f"{who}.address", None, text, who)


def check_goods(declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
    """Every line says what it is, how much of it, of what worth, from where and under which code."""
    if not declaration.lines:
        return [PaperProblem("lines", None, _("There are no goods in this consignment."))]
    found = []
    for number, line in enumerate(declaration.lines, 1):
        for name, sentence in (*_words(line, book), *_numbers(line, declaration), *_codes(line, declaration, book)):
            found.append(PaperProblem(name, number, in_line(number, sentence), "piece", line.piece))
    return found


def _words(line: Line, book: PaperBook) -> Iterator[tuple[str, str]]:
    if not line.description.strip():
        yield "description", _("the description for customs is missing: what it is, of what, for what, in English or French.")
    elif not is_latin(line.description):
        yield "description", _("the description for customs must be in English or French.")
    elif book.words.is_vague(line.description):
        yield "description", _(
            "“%(words)s” says nothing to customs. Write what it is, what it is made of and what it is for."
        ) % {"words": line.description.strip()}
    if line.local_description.strip() and book.words.is_vague(line.local_description):
        yield "local_description", _(
            "“%(words)s” says nothing to customs. Write what it is, what it is made of and what it is for."
        ) % {"words": line.local_description.strip()}


def _numbers(line: Line, declaration: Declaration) -> Iterator[tuple[str, str]]:
    if line.quantity < 1:
        yield "quantity", _("the quantity is less than one.")
    if not line.net_weight_g or line.net_weight_g < 1:
        yield "net_weight_g", _("the net weight is missing.")
    if line.value.amount <= 0:
        yield "value", _("the value is zero. Customs want a real value, also of a sample or a present.")
    elif line.value.currency != declaration.currency:
        yield "value", _("the value is in another currency than that of the first line.")


def _codes(line: Line, declaration: Declaration, book: PaperBook) -> Iterator[tuple[str, str]]:
    if not ECONOMY.fullmatch(line.origin):
        yield "origin", _("the economy of origin is missing.")
    needed = book.data_needed(declaration, line)
    if declaration.category != Category.DOCUMENTS:
        yield from _hs(line, declaration, max([HS6, *(int(detail) for name, detail in needed if name == "hs")]))
    if ("sku", "") in needed and not line.sku:
        yield "sku", _("the piece code is missing; %(destination)s asks for it.") % _to(declaration)
    if ("maker_code", "") in needed and not line.maker_id:
        yield "maker_id", _("the maker’s own number is missing; %(destination)s asks for it.") % _to(declaration)


def _hs(line: Line, declaration: Declaration, digits: int) -> Iterator[tuple[str, str]]:
    if not line.hs:
        yield "hs", _("the HS code is missing.")
    elif not (line.hs.isascii() and line.hs.isdigit()):
        yield "hs", _("the HS code “%(code)s” is not made of digits.") % {"code": line.hs}
    elif len(line.hs) < digits:
        yield "hs", _("the HS code %(code)s is too short: %(destination)s asks for %(digits)s digits.") % {
            "code": line.hs, "digits": digits, **_to(declaration)
        }  # fmt: skip


def _to(declaration: Declaration) -> dict[str, str]:
    return {"destination": economy_name(declaration.addressee.economy)}


def check_category(declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
    """What was sold is a sale for customs, also when the buyer gives it to somebody. And the number they ask for is there."""
    category = declaration.category
    if declaration.customs_id_wanted and not declaration.addressee.customs_id:
        text = _("Customs there ask for this number of the addressee, and it is missing: %(name)s.")
        values = {"name": declaration.customs_id_wanted}
        return [PaperProblem("addressee.customs_id", None, text % values, "addressee")]
    if category == Category.GIFT and declaration.sold:
        text = _("These goods were sold. For customs they are a sale of goods, also when the buyer makes a present of them.")
        return [PaperProblem("category", None, text)]
    if category == Category.OTHER and not declaration.category_text.strip():
        return [PaperProblem("category_text", None, _("The category is “other”: please say which."))]
    if category == Category.RETURNED and not declaration.original_numbers:
        return [PaperProblem("original_numbers", None, _("Returned goods need the numbers of the parcels they came in."))]
    return []


def check_parcels(declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
    """At least one parcel, and numbers that a scanner reads."""
    found = []
    if not declaration.parcels:
        found.append(PaperProblem("parcels", None, _("Nothing is packed yet: please say how many parcels there are."), "parcel"))
    numbers = [parcel.s10 for parcel in declaration.parcels if parcel.s10]
    for number in {number for number in numbers if numbers.count(number) > 1}:
        text = _("Two parcels have the number %(number)s.") % {"number": number}
        found.append(PaperProblem("s10", None, text, "parcel"))
    for parcel in declaration.parcels:
        if parcel.s10 and not S10.fullmatch(parcel.s10):
            text = _("Parcel %(parcel)s: “%(number)s” is no parcel number of a post (two letters, nine digits, two letters).")
            values = {"parcel": parcel.number, "number": parcel.s10}
            found.append(PaperProblem("s10", None, text % values, "parcel"))
    return found


def check_weights(declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
    """No parcel weighs less than what lies in it."""
    found = []
    numbers = {parcel.number for parcel in declaration.parcels}
    for number, line in enumerate(declaration.lines, 1):
        if line.parcel is not None and line.parcel not in numbers:
            text = in_line(number, _("it lies in a parcel that does not exist."))
            found.append(PaperProblem("parcel", number, text, "parcel"))
    unknown = [parcel for parcel in declaration.parcels if not parcel.gross_g]
    for parcel in unknown:
        text = _("Parcel %(parcel)s: the weight with packing is missing.") % {"parcel": parcel.number}
        found.append(PaperProblem("gross_g", None, text, "parcel"))
    return found + ([] if unknown else _too_light(declaration))


def _too_light(declaration: Declaration) -> list[PaperProblem]:
    sentence = _("Parcel %(parcel)s: the goods weigh %(net)s g, the parcel with its packing only %(gross)s g.")
    found = []
    for parcel in declaration.parcels:
        inside = _net_in(declaration, parcel)
        if inside > (parcel.gross_g or 0):
            values = {"parcel": parcel.number, "net": inside, "gross": parcel.gross_g}
            found.append(PaperProblem("gross_g", None, sentence % values, "parcel"))
    if not found and declaration.parcels and declaration.net_g > declaration.gross_g:
        text = _("The goods weigh %(net)s g, all parcels with their packing only %(gross)s g.")
        values = {"net": declaration.net_g, "gross": declaration.gross_g}
        found.append(PaperProblem("gross_g", None, text % values, "parcel"))
    return found


def _net_in(declaration: Declaration, parcel: Parcel) -> int:
    single = len(declaration.parcels) == 1
    return sum(line.net_weight_g or 0 for line in declaration.lines if single or line.parcel == parcel.number)


def check_contents(declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
    """Where there are several parcels, every line lies in one and none is empty: each carries its own form."""
    unplaced = [number for number, line in enumerate(declaration.lines, 1) if line.parcel is None]
    found = [
        PaperProblem("parcel", number, in_line(number, _("please say in which parcel it lies.")), "parcel")
        for number in unplaced
    ]
    used = {line.parcel for line in declaration.lines}
    if not unplaced:
        found += [
            PaperProblem("lines", None, _("Parcel %(parcel)s is empty.") % {"parcel": parcel.number}, "parcel")
            for parcel in declaration.parcels
            if parcel.number not in used
        ]
    return found


def check_letters(declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
    """Every character can be printed, and none would be run as a formula."""
    found = []
    for name, line, text, where in _texts(declaration):
        piece = declaration.lines[line - 1].piece if line else None
        if FORMULA.fullmatch(text.strip()) and name != "phone":
            sentence = _("“%(words)s” begins with a sign that spreadsheets run as a formula. Please leave it out.")
            found.append(PaperProblem(name, line, _placed(line, sentence % {"words": text}), where, piece))
        for sign in missing(text):
            sentence = _("“%(words)s” cannot be printed: none of our fonts has “%(sign)s” (%(code)s).")
            values = {"words": text, "sign": sign, "code": f"U+{ord(sign):04X}"}
            found.append(PaperProblem(name, line, _placed(line, sentence % values), where, piece))
    return found


def _placed(line: int | None, sentence: str) -> str:
    return sentence if line is None else in_line(line, sentence)


def _texts(declaration: Declaration) -> Iterator[tuple[str, int | None, str, str]]:
    """Everything that somebody typed: field, line, words, where it is mended."""
    people = [("sender", declaration.sender), ("addressee", declaration.addressee)]
    if declaration.buyer:
        people.append(("buyer", declaration.buyer))
    for who, party in people:
        for name, text in vars(party.address).items():
            if text:
                yield f"{who}.{name}", None, text, "sender" if who == "sender" else "addressee"
    for number, line in enumerate(declaration.lines, 1):
        for name in ("description", "local_description", "title", "sku", "maker_id"):
            if text := getattr(line, name):
                yield name, number, text, "piece"
    for name in ("category_text", "gift_message", "reason", "signed_by", "incoterm_place", "payment_terms"):
        if text := getattr(declaration, name):
            yield name, None, text, "operator"


def check_invoice(declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
    """Number, date, incoterm and its place."""
    wanted = {
        "invoice_number": _("The invoice has no number."),
        "invoice_date": _("The invoice has no date."),
        "incoterm": _("The incoterm is missing, such as DAP or DDP."),
        "incoterm_place": _("The place of the incoterm is missing."),
    }
    return [PaperProblem(name, None, text) for name, text in wanted.items() if not getattr(declaration, name)]


def check_numbers(declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
    """Every parcel has its S10 number: it is the key of the electronic data."""
    text = _("Parcel %(parcel)s has no parcel number of the post yet.")
    return [
        PaperProblem("s10", None, text % {"parcel": parcel.number}, "parcel")
        for parcel in declaration.parcels
        if not parcel.s10
    ]


def check_origin(declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
    """Each claim has the agreement's wording, signed and dated, with a criterion for each of its lines."""
    if not declaration.claims:
        return [PaperProblem("claims", None, _("There is no proof of origin for these goods."), "piece")]
    found = []
    for claim in declaration.claims:
        values = {"agreement": claim.agreement}
        statement = book.statements.get((claim.agreement, "en")) or book.statements.get((claim.agreement, "fr"))
        if statement is None or not statement.checked:
            text = _("Nobody has checked the wording of the origin statement of %(agreement)s yet.")
            found.append(PaperProblem("statement", None, text % values))
        if not claim.signed_by.strip() or claim.signed_on is None:
            text = _("The origin statement of %(agreement)s is not signed and dated.")
            found.append(PaperProblem("signed_by", None, text % values, "piece"))
        wrong = [number for number in claim.lines if not 1 <= number <= len(declaration.lines)]
        if not claim.lines or wrong or len(claim.criteria) != len(claim.lines) or not all(claim.criteria):
            text = _("The origin statement of %(agreement)s does not have a criterion for each of its lines.")
            found.append(PaperProblem("criteria", None, text % values, "piece"))
        if (claim.blanket_from is None) != (claim.blanket_to is None):
            text = _("The period of the origin statement of %(agreement)s has only one of its two days.")
            found.append(PaperProblem("blanket", None, text % values, "piece"))
    return found


CHECKS: dict[str, Check] = {
    "people": check_people,
    "goods": check_goods,
    "category": check_category,
    "parcels": check_parcels,
    "weights": check_weights,
    "contents": check_contents,
    "cn22": check_cn22,
    "letters": check_letters,
    "invoice": check_invoice,
    "numbers": check_numbers,
    "origin": check_origin,
}

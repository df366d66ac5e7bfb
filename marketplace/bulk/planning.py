"""What the rows of a piece would change, and whether they may. Reads, and writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from catalogue.models import Product
from catalogue.text import language_name
from marketplace.bulk import lost, new_rows
from marketplace.bulk.cells import Line, of_piece
from marketplace.bulk.columns import HEADINGS, WORDS, Column, Head, heading
from marketplace.bulk.images import Photos
from marketplace.bulk.known import Known, label_of
from marketplace.bulk.models import ImportRow
from marketplace.bulk.shown_values import shown
from marketplace.typed import clean_paragraphs, clean_words
from marketplace.workshops import services, stages, stock, variants
from marketplace.workshops.details import PieceDetails, Refused
from marketplace.workshops.models import Workshop
from marketplace.workshops.variants import VariantWish
from marketplace.workshops.words import PieceWords

Outcome, Stage, Supply = ImportRow.Outcome, Product.Stage, Product.Supply
Note = tuple[str, ...]
# Column → field of PieceDetails, where it is another word.
OF_DETAILS = {
    "capacity": "month_capacity",
    "weight": "net_weight_g",
    "length": "length_mm",
    "width": "width_mm",
    "height": "height_mm",
}
PLAIN = ("craft", "materials", "supply", "lead_days", "capacity", "length", "width", "height", "hs_code")
HEADING_OF = {field: name for name, field in OF_DETAILS.items()}


@dataclass
class Plan:
    """What is to be done for one piece. ``notes``: number of a row → what its report says."""

    lines: list[Line]
    known: Known | None = None
    details: PieceDetails | None = None
    # Stock as the maker saw it when she wrote her number.
    before: int | None = None
    wishes: tuple[VariantWish, ...] = ()
    words: dict[str, PieceWords] = field(default_factory=dict)
    photos: tuple[str, ...] = ()
    show: bool | None = None
    notes: dict[int, list[Note]] = field(default_factory=dict)
    outcomes: dict[int, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    @property
    def code(self) -> str:
        return self.lines[0].code

    @property
    def is_refused(self) -> bool:
        return Outcome.REFUSED in self.outcomes.values()

    @property
    def is_same(self) -> bool:
        return self.known is not None and not self.touched

    def note(self, line: Line, *words: str) -> None:
        self.notes.setdefault(line.number, []).append(words)

    def refuse(self, line: Line, title: str, why: str) -> None:
        """Nothing of the piece is written then."""
        self.note(line, title, why)
        self.outcomes = dict.fromkeys((one.number for one in self.lines), Outcome.REFUSED)

    def because_of_others(self) -> None:
        """Rows of a refused piece that have no mistake of their own."""
        for line in self.lines:
            told = [note for note in self.notes.get(line.number, ()) if len(note) == 2]
            self.notes[line.number] = told or [("", _("Another row of this piece cannot be used."))]


class Planner:
    """Plans the pieces of one file, one after the other, in the active language."""

    def __init__(self, workshop: Workshop, head: Head, photos: Photos, *, older: bool = False) -> None:
        """``older``: the file is of an encoding that cannot hold the letters of all languages."""
        self.workshop, self._head, self._photos, self._older = workshop, head, photos, older

    def plan(self, lines: Sequence[Line], found: Sequence[Known]) -> Plan:
        """``lines`` have the same code; ``found`` are the pieces that carry it."""
        plan = Plan(list(lines), found[0] if found else None)
        for line in lines:
            for title, why in line.mistakes:
                plan.refuse(line, title, why)
            for key, why in lost.mistakes(line, plan.known, older=self._older):
                plan.refuse(line, self._title(key), why)
        if len(found) > 1:
            plan.refuse(lines[0], self._title("code"), _("Two of your pieces carry this code. Please change one of them."))
        if not plan.is_refused:
            try:
                self._fill(plan)
            except Refused as problem:
                line, name = getattr(problem, "line", lines[0]), HEADING_OF.get(problem.field, problem.field)
                plan.refuse(line, self._title(name) if name in HEADINGS else "", str(problem))
        if plan.is_refused:
            plan.because_of_others()
        else:
            self._judge(plan)
            self._tell(plan)
        return plan

    def _tell(self, plan: Plan) -> None:
        """Of a new piece: how its words and numbers were read."""
        if plan.known is None:
            for line, key, text in new_rows.read(plan.lines, plan.details, plan.wishes, self.workshop):
                plan.note(line, self._title(key), "", text)

    def _title(self, key: str) -> str:
        """As the file's own heading, else in the active language."""
        return self._head.titles.get(key) or heading(Column(key), self.workshop)

    def _fill(self, plan: Plan) -> None:
        values = self._of_piece(plan)
        first, many = plan.lines[0], any(any(line.label) for line in plan.lines)
        in_variants = many or bool(plan.known and plan.known.product.is_parent)
        if len(plan.lines) > 1 and not many:
            raise _at(plan.lines[1], _("This code stands in row %(row)s already.") % {"row": first.number}, "code")
        plan.details = self._details(plan, values, first, in_variants)
        plan.before = first.values.get("stock_before") if plan.known else None
        if in_variants:
            self._variants(plan)
        else:
            self._sale(plan, first)
        self._compare(plan)
        self._words(plan, values)
        self._look_at_photos(plan, values.get("photos") or ())
        self._stage(plan, values.get("shown"))
        # A draft that says little yet is left alone as long as nothing of it changes.
        if plan.known is None or "piece" in plan.touched:
            services.check_details(plan.details)

    def _of_piece(self, plan: Plan) -> dict[str, object]:
        """What the rows together say of the piece as a whole."""
        values: dict[str, object] = {}
        for line in plan.lines:
            for key, value in line.values.items():
                if not of_piece(key):
                    continue
                if key in values and values[key] != value:
                    raise _at(line, _("The rows of this piece do not say the same here."), key)
                values[key] = value
        return values

    def _details(self, plan: Plan, values: Mapping[str, object], first: Line, in_variants: bool) -> PieceDetails:
        now = plan.known.details if plan.known else PieceDetails(title="")
        given = {name: values[name] for name in WORDS if name in values}
        given |= {OF_DETAILS.get(name, name): values[name] for name in PLAIN if name in values}
        if not in_variants:
            given |= {"price": self._price(first)} if {"price", "receive"} & first.values.keys() else {}
            given |= {"net_weight_g": first.values["weight"]} if "weight" in first.values else {}
        details = replace(now, **given)
        if plan.known is None and "supply" not in values:
            details = replace(details, supply=Supply.STOCK)
        if details.supply != Supply.MADE_TO_ORDER:
            details = replace(details, lead_days=None, month_capacity=None)
        return details

    def _price(self, line: Line):
        """Of its two columns one counts; both may stand there when they agree."""
        price, receive = line.values.get("price"), line.values.get("receive")
        if price is not None and receive is not None and price != receive:
            raise _at(line, _("Please give a price or what you want to receive, not both."), "receive")
        return price if price is not None else receive

    def _sale(self, plan: Plan, line: Line) -> None:
        """Stock and price of a piece without variants."""
        record, wanted = plan.known.record() if plan.known else None, line.values.get("stock")
        counted, now = plan.details.supply != Supply.MADE_TO_ORDER, record.num_in_stock if record else None
        if wanted is not None and not counted:
            raise _at(line, _("This piece is made to order, so there is no stock to change."), "stock")
        if wanted is not None and (record is None or wanted not in (now, plan.before)):
            plan.details = replace(plan.details, stock=wanted)
        details = plan.details
        if plan.known is None:
            if details.price is None:
                raise Refused(_("Please give a price."), "price")
            stock.first_quantity(details)
            return
        if details.supply != plan.known.product.supply or details.stock is not None or (details.price and not record):
            quantity = stock.quantity_after(plan.known.product, [record] if record else [], details, plan.before)
            self._change(plan, line, "stock", now, quantity, "sale")
        if details.price is not None:
            self._change(plan, line, "price", record.price if record else None, details.price, "sale")

    def _variants(self, plan: Plan) -> None:
        """The variants that the file names take the place of those with the same size and colour; the others stay."""
        known = {_folded(label_of(row)): row for row in (plan.known.children if plan.known else ())}
        wishes = {_folded(label_of(row)): self._as_it_is(plan.known, row) for row in self._shown(plan)}
        named = set()
        for line in plan.lines:
            if not any(line.label):
                self._no_label(line)
                continue
            label = _folded(line.label)
            if label in named:
                raise _at(line, _("Two variants have the same size and colour."), "size")
            named.add(label)
            wishes[label] = self._wish(plan, line, known.get(label))
        plan.wishes = tuple(wishes.values())
        piece = plan.known.product if plan.known else Product(stage=Stage.DRAFT, supply=plan.details.supply)
        as_wanted = Product(stage=piece.stage, supply=plan.details.supply, structure=piece.structure)
        if named:
            variants.check(as_wanted, plan.wishes)
        if plan.known and plan.known.product.is_parent and plan.details.supply != piece.supply:
            records = [record for row in plan.known.children if (record := plan.known.record(row))]
            stock.quantity_after(plan.known.product, records, plan.details, None)

    def _shown(self, plan: Plan) -> list[Product]:
        return plan.known.shown_children if plan.known else []

    def _no_label(self, line: Line) -> None:
        for name in ("stock", "price", "receive", "weight"):
            if name in line.values:
                raise _at(line, _("Please give each variant a size or a colour."), "size")

    def _as_it_is(self, known: Known, row: Product) -> VariantWish:
        record, (size, colour) = known.record(row), label_of(row)
        number, price = (record.num_in_stock, record.price) if record else (None, None)
        return VariantWish(row.pk, size, colour, number, price, row.net_weight_g)

    def _wish(self, plan: Plan, line: Line, row: Product | None) -> VariantWish:
        now = self._as_it_is(plan.known, row) if row else VariantWish(None, *line.label, stock=None)
        changes = {"net_weight_g": line.values["weight"]} if "weight" in line.values else {}
        if {"price", "receive"} & line.values.keys():
            changes["price"] = self._price(line)
        wanted, before = line.values.get("stock"), line.values.get("stock_before")
        if wanted is not None and plan.details.supply == Supply.MADE_TO_ORDER:
            raise _at(line, _("This piece is made to order, so there is no stock to change."), "stock")
        if wanted is not None and wanted not in (now.stock, before if row else None):
            changes["stock"] = wanted
            if row:
                piece = Product(supply=plan.details.supply)
                stock.check(piece, plan.known.record(row), wanted, before)
        wish = replace(now, **changes)
        if wish.price is None and plan.known is None:
            raise _at(line, _("Please give a price."), "price")
        if row is None or not row.is_public:
            self._change(plan, line, "size", "", wish.label, "variants")
        for name, attribute in (("stock", "stock"), ("price", "price"), ("weight", "net_weight_g")):
            self._change(plan, line, name, getattr(now, attribute), getattr(wish, attribute), "variants")
        return wish

    def _compare(self, plan: Plan) -> None:
        """What changes of the piece as a whole."""
        if plan.known is None:
            return
        now = plan.known.details
        names = [*WORDS, *PLAIN] + ([] if plan.wishes else ["weight"])
        for name in names:
            attribute = OF_DETAILS.get(name, name)
            line = next((one for one in plan.lines if name in one.values), plan.lines[0])
            self._change(plan, line, name, getattr(now, attribute), getattr(plan.details, attribute), "piece")

    def _words(self, plan: Plan, values: Mapping[str, object]) -> None:
        """Words in further languages."""
        languages = {column.language for column in self._head.columns.values() if column.language}
        own = plan.details
        for language in sorted(languages):
            row = plan.known.texts.get(language) if plan.known else None
            now = _clean(row)
            given = {name: values[key] for name in WORDS if (key := Column(name, language).key) in values}
            words = replace(now, **given)
            if _same(now, words):
                continue
            if not words.title:
                raise Refused(
                    _("Please give a title in %(language)s too.") % {"language": language_name(language)}, "title"
                )
            if (words.title, words.summary, words.description) == (own.title, own.summary, own.description):
                raise Refused(
                    _("This is the same as your own text. Please write it in %(language)s.")
                    % {"language": language_name(language)},
                    "title",
                )
            plan.words[language] = words
            for name in given:
                key = Column(name, language).key
                line = next(one for one in plan.lines if key in one.values)
                self._change(plan, line, key, getattr(now, name), getattr(words, name), "words")

    def _look_at_photos(self, plan: Plan, names: tuple[str, ...]) -> None:
        known = plan.known.photos if plan.known else {}
        wanted = tuple(name for name in names if self._photos.is_new(name, known))
        if not wanted:
            return
        self._photos.check(wanted)
        self._photos.check_number(known, wanted)
        plan.photos = wanted
        line = next(one for one in plan.lines if "photos" in one.values)
        self._change(plan, line, "photos", "", "; ".join(wanted), "photos")

    def _stage(self, plan: Plan, wanted: bool | None) -> None:
        """A piece that is to be shown and is not whole yet stays what it is, and the report says why."""
        now = plan.known.product.stage if plan.known else Stage.DRAFT
        line = plan.lines[0]
        if wanted is None or wanted == (now == Stage.LIVE):
            return
        if not wanted:
            plan.show = False
        else:
            try:
                stages.check_consent(self.workshop)
                if now == Stage.DRAFT:
                    self._check_whole(plan)
            except Refused as problem:
                plan.note(line, self._title("shown"), _("It stays a draft.") + f" {problem}")
                return
            plan.show = True
        self._change(plan, line, "shown", now == Stage.LIVE, wanted, "stage")

    def _check_whole(self, plan: Plan) -> None:
        prices = [wish.price for wish in plan.wishes] or [self._final_price(plan)]
        stages.check_whole(
            title=plan.details.title,
            photos=bool(plan.photos or (plan.known and plan.known.photos)),
            craft=plan.details.craft is not None,
            price=None not in prices,
        )

    def _final_price(self, plan: Plan):
        record = plan.known.record() if plan.known and plan.details.price is None else None
        return record.price if record else plan.details.price

    def _change(self, plan: Plan, line: Line, key: str, before: object, after: object, part: str) -> None:
        """Noted where it changes something that was there; all of a new piece is new."""
        if before == after:
            return
        plan.touched.add(part)
        if plan.known is not None:
            name = key.partition("[")[0]
            plan.note(line, self._title(key), shown(name, before), shown(name, after))

    def _judge(self, plan: Plan) -> None:
        for line in plan.lines:
            changed = any(len(note) == 3 for note in plan.notes.get(line.number, ()))
            usual = Outcome.NEW if plan.known is None else Outcome.CHANGED if changed else Outcome.SAME
            plan.outcomes.setdefault(line.number, usual)


def _clean(row) -> PieceWords:
    if row is None:
        return PieceWords()
    return PieceWords(
        clean_words(row.title, lines=False), clean_words(row.summary, lines=False), clean_paragraphs(row.description)
    )


def _same(one: PieceWords, other: PieceWords) -> bool:
    return (one.title, one.summary, one.description) == (other.title, other.summary, other.description)


def _folded(label: tuple[str, str]) -> tuple[str, str]:
    return label[0].casefold(), label[1].casefold()


def _at(line: Line, message: str, name: str) -> Refused:
    """A refusal that names its row."""
    problem = Refused(message, name)
    problem.line = line
    return problem

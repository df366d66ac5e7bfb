"""Writes planned pieces: new ones table by table, changed ones by the verbs of the workshop. In the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from oscar.core.loading import get_model
from wagtail.models import Locale, ModelLogEntry

from catalogue.classes import product_class_for
from catalogue.models import Product, ProductText
from marketplace.bulk import images
from marketplace.bulk.known import ids_of
from marketplace.bulk.planning import Plan
from marketplace.signals import pieces_changed
from marketplace.workshops import hands, services, stages, stock, variants, words
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Workshop
from marketplace.workshops.words import PieceWords

StockRecord = get_model("partner", "StockRecord")
Made = Product.materials.through


def lock(workshop: Workshop, codes: Iterable[str]) -> set[int]:
    """Lock the pieces that carry these codes, in the order in which everybody locks: stock, pieces, workshop.

    Answers the ids of the pieces.
    """
    ids = ids_of(workshop, codes)
    if ids:
        family = Q(product__in=ids) | Q(product__parent__in=ids)
        records = StockRecord.objects.filter(family, partner_id=workshop.partner_id)
        list(records.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
        list(Product.objects.filter(pk__in=ids).select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
    Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    return ids


class Writer:
    """Writes for one workshop on behalf of ``user``. Made outside of the batches: what it knows outlives each of them."""

    def __init__(self, workshop: Workshop, user=None) -> None:
        self.workshop, self.user = workshop, user
        self._locale, _made = Locale.objects.get_or_create(language_code=workshop.source_language)
        self._kind = ContentType.objects.get_for_model(Product)
        self._hands = hands.of(workshop, user) or {}
        self._classes = {supply: product_class_for(supply) for supply in Product.Supply.values}
        self._next: int | None = None

    def forget_codes(self) -> None:
        """Somebody else took the next one: look again."""
        self._next = None

    def write(self, plans: Sequence[Plan], ready: Mapping[str, ContentFile], digests: Mapping[str, str]) -> None:
        """A plan that is refused after all says so in its outcomes; nothing of it is written."""
        wanted = [plan for plan in plans if not plan.is_refused]
        added = self._add([plan for plan in wanted if plan.known is None])
        changed = [plan for plan in wanted if plan.known and plan.touched]
        entries = [self._entry(product, services.LISTED) for product, _plan in added]
        for product, plan in added:
            self._finish(product, plan, ready, digests)
        entries += [entry for plan in changed if (entry := self._change(plan, ready, digests))]
        ModelLogEntry.objects.bulk_create(entries)

    def _add(self, plans: Sequence[Plan]) -> list[tuple[Product, Plan]]:
        made = [(self._product(plan), plan) for plan in plans]
        Product.objects.bulk_create(product for product, _plan in made)
        ProductText.objects.bulk_create(
            ProductText(
                owner=product,
                locale=self._locale,
                title=plan.details.title,
                summary=plan.details.summary,
                description=plan.details.description,
            )
            for product, plan in made
        )
        StockRecord.objects.bulk_create(
            services.new_record(self.workshop, product, plan.details.price, stock.first_quantity(plan.details))
            for product, plan in made
            if not plan.wishes
        )
        Made.objects.bulk_create(
            Made(product_id=product.pk, material_id=row.pk) for product, plan in made for row in plan.details.materials
        )
        # Rows that are written many at a time tell nobody by themselves.
        if made:
            pieces_changed.send(Product, ids=[product.pk for product, _plan in made])
        return made

    def _product(self, plan: Plan) -> Product:
        product = Product(
            structure=Product.STANDALONE,
            partner_id=self.workshop.partner_id,
            source_language=self.workshop.source_language,
            origin=self.workshop.village.economy_id,
            stage=Product.Stage.DRAFT,
            is_public=False,
            maker_code=plan.code,
            upc=self._code(),
        )
        services.fill(product, plan.details, self._classes[plan.details.supply])
        product.slug = services.slug_of(product)
        return product

    def _code(self) -> str:
        """The workshop is locked: nobody else lists a piece meanwhile."""
        start = f"{self.workshop.code_prefix}-"
        if self._next is None:
            self._next = int(services.next_code(self.workshop).removeprefix(start))
        self._next += 1
        return f"{start}{self._next - 1:02d}"

    def _entry(self, product: Product, action: str) -> ModelLogEntry:
        return ModelLogEntry(
            content_type=self._kind,
            object_id=str(product.pk),
            label=product.title,
            action=action,
            timestamp=timezone.now(),
            user=self.user,
            data={"import": True} | self._hands,
        )

    def _finish(self, product: Product, plan: Plan, ready: Mapping, digests: Mapping) -> None:
        """What a new piece needs beyond its own rows."""
        if not (plan.wishes or plan.words or plan.photos or plan.show):
            return
        try:
            with transaction.atomic():
                self._more(product, plan, ready, digests)
        except Refused as problem:
            Product.objects.filter(pk=product.pk).delete()
            plan.notes.clear()
            plan.refuse(plan.lines[0], "", str(problem))
            plan.because_of_others()

    def _change(self, plan: Plan, ready: Mapping, digests: Mapping) -> ModelLogEntry | None:
        """What the log keeps of it where no verb has written it there."""
        product = plan.known.product
        try:
            with transaction.atomic():
                if "piece" in plan.touched:
                    services.change_piece(
                        workshop=self.workshop, product=product, details=plan.details, shown=plan.before, user=self.user
                    )
                elif "sale" in plan.touched:
                    self._sell(plan)
                self._more(product, plan, ready, digests)
        except Refused as problem:
            plan.notes.clear()
            plan.refuse(plan.lines[0], "", str(problem))
            plan.because_of_others()
            return None
        return self._entry(product, services.CHANGED) if plan.touched == {"sale"} else None

    def _sell(self, plan: Plan) -> None:
        """Price and stock alone, of a piece without variants: most imports change nothing else."""
        product, record, details = plan.known.product, plan.known.record(), plan.details
        quantity = stock.quantity_after(product, [record] if record else [], details, plan.before)
        if record is None:
            record = services.new_record(self.workshop, product, details.price, quantity)
        record.num_in_stock = quantity
        if details.price is not None:
            record.price = details.price
        record.save()

    def _more(self, product: Product, plan: Plan, ready: Mapping, digests: Mapping) -> None:
        whose = {"workshop": self.workshop, "product": product, "user": self.user}
        if plan.wishes and (plan.known is None or "variants" in plan.touched):
            variants.set_variants(**whose, wishes=plan.wishes)
        for language, wanted in plan.words.items():
            now = words.read_words(product, language)
            target = PieceWords(wanted.title, wanted.summary, wanted.description, now.labels)
            words.write_words(**whose, language=language, words=target, seen=now.seen)
        if plan.photos:
            images.hang(product, plan.photos, ready, digests, self.user)
        if plan.show:
            stages.publish(**whose)
        elif plan.show is False:
            stages.set_aside(**whose, stage=Product.Stage.PAUSED)

"""Draft, in the shop, paused, put away: what a maker wants with a piece, and whether it may be public."""

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from catalogue.models import Product
from marketplace.workshops import hands
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Assistance, Consent, Workshop

Stage = Product.Stage
CHANGED = "wagtail.edit"


@transaction.atomic
def publish(*, workshop: Workshop, product: Product, user=None) -> bool:
    """Put a piece into the shop. Answers whether it is public now: a workshop that waits for its officer has none.

    Raises Refused while something that every piece needs is missing, or nobody recorded the maker's consent.
    """
    # The workshop first, as everybody does who shows or hides all of its pieces.
    whole = Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    locked = _own(workshop, product)
    check_consent(whole)
    if locked.stage == Stage.DRAFT:
        _check_whole(locked)
    _set(workshop, locked, Stage.LIVE, public=whole.is_open, user=user)
    return locked.is_public


@transaction.atomic
def set_aside(*, workshop: Workshop, product: Product, stage: str, user=None) -> None:
    """Pause a piece, put it away or take it out again (then it is paused). What is ordered stays ordered."""
    if stage not in (Stage.PAUSED, Stage.ARCHIVED):
        raise ValueError(f"{stage} is no stage to set a piece aside.")
    _set(workshop, _own(workshop, product), stage, public=False, user=user)


@transaction.atomic
def show_all(*, workshop: Workshop) -> int:
    """After the officer opened it: its live pieces become public. Answers how many."""
    return _all(workshop, public=True)


@transaction.atomic
def hide_all(*, workshop: Workshop) -> int:
    """After it was closed: nothing of it is public; each piece keeps what its maker wants with it. Answers how many."""
    return _all(workshop, public=False)


def check_consent(workshop: Workshop) -> None:
    """Raises Refused where somebody else lists for the maker and has no consent of hers that still holds."""
    helped = Assistance.objects.filter(workshop=workshop, ended_at=None).first()
    if helped and not Consent.objects.filter(assistance=helped, withdrawn_at=None).exists():
        raise Refused(
            _("Please record first that %(maker)s agrees: a voice note, or a photo of her signature.")
            % {"maker": helped.maker_name}
        )


def _check_whole(product: Product) -> None:
    rows = product.children.all() if product.is_parent else [product]
    check_whole(
        title=product.title,
        photos=product.images.exists(),
        craft=product.craft_id is not None,
        price=all(row.stockrecords.exclude(price=None).exists() for row in rows),
    )


def check_whole(*, title: str, photos: bool, craft: bool, price: bool) -> None:
    """What no buyer can do without. Raises Refused with the name of the field."""
    if not title.strip():
        raise Refused(_("Please give a title."), "title")
    if not photos:
        raise Refused(_("Please add a photo: nobody buys what they cannot see."), "photos")
    if not craft:
        raise Refused(_("Please say which craft it is."), "craft")
    if not price:
        raise Refused(_("Please give a price."), "price")


def _own(workshop: Workshop, product: Product) -> Product:
    """The piece, locked. Raises LookupError for another workshop's: callers look pieces up within one."""
    if product.partner_id != workshop.partner_id or product.is_child:
        raise LookupError(f"Product {product.pk} is no piece of workshop {workshop.slug}.")
    return Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)


def _set(workshop: Workshop, product: Product, stage: str, *, public: bool, user) -> None:
    if (product.stage, product.is_public) == (stage, public):
        return
    product.stage, product.is_public = stage, public
    product.save(update_fields=["stage", "is_public", "date_updated"])
    log(instance=product, action=CHANGED, user=user, data={"stage": stage, "public": public} | (hands.of(workshop, user) or {}))


def _all(workshop: Workshop, *, public: bool) -> int:
    rows = Product.objects.filter(partner_id=workshop.partner_id, stage=Stage.LIVE, is_public=not public)
    changed = list(rows.exclude(structure=Product.CHILD).order_by("pk"))
    for product in changed:
        product.is_public = public
        product.save(update_fields=["is_public", "date_updated"])  # one by one: the shop's card follows each
    return len(changed)

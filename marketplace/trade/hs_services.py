"""How a piece gets its HS code: its maker chooses, or asks a person. Each verb is one transaction; nothing is guessed."""

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from catalogue.models import Product
from marketplace.trade.models.hs import HsDecision, HsQuestion
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Workshop

HS_CODE = re.compile(r"(?P<chapter>[0-9]{2})[0-9]{4}(?:[0-9]{2}){0,2}", re.ASCII)
RESERVED = "77"  # the chapter that the Harmonized System keeps for the future
LAST_CHAPTER = "97"
Basis, State = HsDecision.Basis, HsQuestion.State


def choose_code(*, workshop: Workshop, product: Product, code: str, words: str = "", user=None) -> Product:
    """The maker's own choice; it is marked as hers until a person of the staff confirms it. Raises Refused."""
    return _decide(_owned(workshop, product), code, Basis.MAKER, words, user)


@transaction.atomic
def confirm_code(*, product: Product, code: str, user) -> Product:
    """A person of the staff finds the code right, or puts the right one. Raises Refused."""
    piece = _decide(product, code, Basis.STAFF, "", user)
    piece.hs_confirmed = piece.hs_code
    piece.save(update_fields=["hs_confirmed", "date_updated"])
    return piece


@transaction.atomic
def ask_about_code(
    *,
    workshop: Workshop,
    product: Product,
    words: str,
    language: str,
    materials: Iterable[str] = (),
    candidates: Iterable[str] = (),
    user=None,
) -> HsQuestion:
    """Send the maker's doubt to a person. Asked again while it waits, the question says what was asked last. Raises Refused."""
    piece = _locked(_owned(workshop, product))
    if not words.strip():
        raise Refused(_("Please say in your own words what it is."), "words")
    values = {
        "words": words.strip()[:300],
        "language": language,
        "materials": list(materials),
        "candidates": list(candidates),
        "asked_by": user,
    }
    question, _new = HsQuestion.objects.update_or_create(product=piece, state=State.OPEN, defaults=values)
    return question


@transaction.atomic
def answer_question(*, question: HsQuestion, code: str, note: str = "", user) -> HsQuestion:
    """A person decides; without a code the note says what is still to be known. Raises Refused."""
    locked = HsQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if locked.state != State.OPEN:
        raise Refused(_("Somebody has answered this question already."))
    if not code.strip() and not note.strip():
        raise Refused(_("Please give a code, or a note to the maker."), "decision")
    if code.strip():
        locked.decision = confirm_code(product=locked.product, code=code, user=user).hs_code
    locked.state, locked.note = State.ANSWERED, note.strip()
    locked.answered_by, locked.answered_at = user, timezone.now()
    locked.save()
    return locked


def clean_code(text: str) -> str:
    """An HS code as its digits. Raises Refused for what cannot be one."""
    digits = text.replace(".", "").replace(" ", "")
    match = HS_CODE.fullmatch(digits)
    if not match:
        raise Refused(_("An HS code has 6, 8 or 10 digits."), "hs_code")
    if not "01" <= match["chapter"] <= LAST_CHAPTER or match["chapter"] == RESERVED:
        raise Refused(_("There is no chapter %(chapter)s in the Harmonized System.") % {"chapter": match["chapter"]}, "hs_code")
    return digits


@transaction.atomic
def _decide(product: Product, code: str, basis: str, words: str, user) -> Product:
    digits, piece = clean_code(code), _locked(product)
    if piece.hs_code != digits:
        piece.hs_code = digits
        piece.save(update_fields=["hs_code", "date_updated"])
    HsDecision.objects.create(product=piece, code=digits, basis=basis, words=words[:300], by=user)
    log(instance=piece, action="wagtail.edit", user=user, data={"hs_code": digits, "basis": str(basis)})
    return piece


def _owned(workshop: Workshop, product: Product) -> Product:
    if product.partner_id != workshop.partner_id or product.is_child:
        raise LookupError(f"Product {product.pk} is not a piece of workshop {workshop.slug}.")
    return product


def _locked(product: Product) -> Product:
    return Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)

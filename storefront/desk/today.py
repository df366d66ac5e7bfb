"""What is to be done today, the most urgent first: each with one button."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.fulfilment.conversations import asked
from marketplace.fulfilment.deadlines import Due, due_range
from marketplace.fulfilment.models import Consignment
from marketplace.payments.models import Payee
from marketplace.workshops.models import Right, Workshop
from storefront.desk.scope import Desk
from storefront.listing.models import ProductCard

State = Consignment.State
# What customs and posts ask of every piece.
GAPS = Q(hs_code="") | Q(net_weight_g=None) | Q(customs_description="") | Q(origin="")


@dataclass(frozen=True)
class Task:
    """One line of the list. ``kind`` is its CSS class; ``button`` is empty where nothing can be done but wait."""

    kind: str
    text: str
    button: str = ""
    url: str = ""


def tasks_of(desk: Desk, today: date) -> list[Task]:
    """For this person: a packer reads nothing of money, a book-keeper nothing of parcels. Four statements at most."""
    tasks = _parcels(desk, today) if desk.may(Right.PACK) else []
    tasks += _workshop(desk)
    return tasks + (_pieces(desk) if desk.may(Right.LIST) else [])


def _parcels(desk: Desk, today: date) -> list[Task]:
    waiting = Consignment.objects.filter(workshop=desk.workshop).payable().waiting().order_by()
    sums = {due.value: Count("pk", filter=Q(**due_range(due, today))) for due in (Due.LATE, Due.TODAY, Due.WEEK)}
    counts = waiting.aggregate(
        **sums, placed=Count("pk", filter=Q(state=State.PLACED)), packed=Count("pk", filter=Q(state=State.PACKED))
    )
    here = desk.url("consignments")
    tasks = [
        Task("late", _late(counts["late"]), _("Send them now"), f"{here}?due=late"),
        Task("today", _today(counts["today"]), _("See what leaves today"), f"{here}?due=today"),
        Task("week", _week(counts["week"]), _("See what leaves this week"), f"{here}?due=week"),
        Task("asked", _asked(_count_asked(desk)), _("Answer the buyer"), f"{here}?due=asked"),
        Task("to-pack", _placed(counts["placed"]), _("Pack"), f"{here}?state=placed"),
        Task("packed", _packed(counts["packed"]), _("Send"), f"{here}?state=packed"),
    ]
    return [task for task in tasks if task.text]


def _count_asked(desk: Desk) -> int:
    return asked(Consignment.objects.filter(workshop=desk.workshop).payable().order_by()).count()


def _late(number: int) -> str:
    text = ngettext("%(number)s parcel is late", "%(number)s parcels are late", number)
    return text % {"number": number} if number else ""


def _today(number: int) -> str:
    text = ngettext("%(number)s parcel must leave today", "%(number)s parcels must leave today", number)
    return text % {"number": number} if number else ""


def _week(number: int) -> str:
    text = ngettext(
        "%(number)s parcel must leave in the next days", "%(number)s parcels must leave in the next days", number
    )
    return text % {"number": number} if number else ""


def _asked(number: int) -> str:
    text = ngettext("%(number)s buyer waits for your answer", "%(number)s buyers wait for your answer", number)
    return text % {"number": number} if number else ""


def _placed(number: int) -> str:
    text = ngettext("%(number)s consignment to pack", "%(number)s consignments to pack", number)
    return text % {"number": number} if number else ""


def _packed(number: int) -> str:
    text = ngettext("%(number)s is packed and not sent yet", "%(number)s are packed and not sent yet", number)
    return text % {"number": number} if number else ""


def _workshop(desk: Desk) -> list[Task]:
    tasks = []
    if desk.workshop.stage == Workshop.Stage.APPLIED:
        text = _("Your workshop waits for the officer. You can list pieces now. Buyers see them when it is open.")
        tasks.append(Task("officer", text))
    known = (Payee.State.ACTIVE, Payee.State.WAITING)
    if desk.may(Right.OWN) and not Payee.objects.filter(workshop=desk.workshop, state__in=known).exists():
        text = _("We do not know yet where your money should go")
        tasks.append(Task("payee", text, _("Say how you are paid"), desk.url("payee")))
    return tasks


def _number(rows: QuerySet, of: str) -> Coalesce:
    """How many there are, as a part of another statement; ``of`` is the same for all of them."""
    return Coalesce(Subquery(rows.order_by().values(of).annotate(number=Count("pk")).values("number")), 0)


def _pieces(desk: Desk) -> list[Task]:
    shown = desk.pieces().filter(is_public=True)
    sold_out = ProductCard.objects.filter(workshop=desk.workshop, visible=True, state=ProductCard.State.SOLD_OUT)
    # Each counted by itself, in one statement: PostgreSQL would join all pieces with all cards.
    counts = Workshop.objects.filter(pk=desk.workshop.pk).values(
        sold_out=_number(sold_out, "workshop"), gaps=_number(shown.filter(GAPS), "partner")
    )[0]
    here, tasks = desk.url("pieces"), []
    if number := counts["sold_out"]:
        text = ngettext("%(number)s piece is sold out", "%(number)s pieces are sold out", number)
        tasks.append(Task("sold-out", text % {"number": number}, _("Fill the shelf"), f"{here}?state=sold_out"))
    if number := counts["gaps"]:
        text = ngettext(
            "%(number)s piece cannot be sent everywhere yet",
            "%(number)s pieces cannot be sent everywhere yet",
            number,
        )
        tasks.append(Task("gaps", text % {"number": number}, _("See what is missing"), here))
    return tasks

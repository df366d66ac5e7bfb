"""What is to be done today, the most urgent first: each with one button."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.models import Product
from marketplace.fulfilment.conversations import asked
from marketplace.fulfilment.deadlines import Due, is_due
from marketplace.fulfilment.models import Consignment
from marketplace.payments.models import Payee
from marketplace.workshops.models import Consent, Right, Workshop
from storefront.desk.describe import describe_consignment
from storefront.desk.scope import Desk
from storefront.listing.models import ProductCard

State = Consignment.State
SHOWN = 5
URGENT = (Due.LATE, Due.TODAY, Due.WEEK)
# What customs and posts ask of every piece.
GAPS = Q(hs_code="") | Q(net_weight_g=None) | Q(customs_description="") | Q(origin="")


@dataclass(frozen=True)
class Task:
    """One line of the list. ``kind`` is its CSS class; ``button`` is empty where nothing can be done but wait.

    ``rows``: the first of what it is about, as describe_consignment tells it.
    """

    kind: str
    text: str
    button: str = ""
    url: str = ""
    rows: list[dict] = field(default_factory=list)


def tasks_of(desk: Desk, today: date) -> list[Task]:
    """For this person: a packer reads nothing of money, a book-keeper nothing of parcels. Six statements at most."""
    tasks = _parcels(desk, today) if desk.may(Right.PACK) else []
    tasks += _workshop(desk)
    return tasks + (_pieces(desk) if desk.may(Right.LIST) else [])


def _parcels(desk: Desk, today: date) -> list[Task]:
    """Each consignment in one line, the most urgent; who waits for an answer waits for something else."""
    waiting = Consignment.objects.filter(workshop=desk.workshop).payable().waiting().order_by()
    later = is_due(Due.LATER, today)
    counts = waiting.aggregate(
        **{due.value: Count("pk", filter=is_due(due, today)) for due in URGENT},
        placed=Count("pk", filter=Q(state=State.PLACED) & later),
        packed=Count("pk", filter=Q(state=State.PACKED) & later),
    )
    here, rows = desk.url("consignments"), _first(desk, today)
    tasks = [
        Task("late", _late(counts["late"]), _("Send them now"), f"{here}?due=late", rows["late"]),
        Task("today", _today(counts["today"]), _("See what leaves today"), f"{here}?due=today", rows["today"]),
        Task("week", _week(counts["week"]), _("See what leaves this week"), f"{here}?due=week", rows["week"]),
        Task("asked", _asked(_count_asked(desk)), _("Answer the buyer"), f"{here}?due=asked"),
        Task("to-pack", _placed(counts["placed"]), _("Pack"), f"{here}?state=placed&due=later", rows["placed"]),
        Task("packed", _packed(counts["packed"]), _("Send"), f"{here}?state=packed&due=later", rows["packed"]),
    ]
    return [task for task in tasks if task.text]


def _first(desk: Desk, today: date) -> dict[str, list[dict]]:
    """The SHOWN that are due first, by the line that they stand in. Two statements."""
    found: dict[str, list[dict]] = {name: [] for name in (*URGENT, State.PLACED, State.PACKED)}
    waiting = desk.consignments().waiting().order_by(F("send_by").asc(nulls_last=True), "created_at", "pk")
    for row in waiting[:SHOWN]:
        shown = describe_consignment(row, desk, today)
        found[shown["due"] if shown["due"] in URGENT else row.state].append(shown)
    return found


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


def _set_aside(desk: Desk) -> QuerySet:
    """What left the shop with the consent of a maker who has taken over since: nobody else tells her of it."""
    taken_back = Consent.objects.filter(
        assistance__workshop__partner=OuterRef("partner"), assistance__ended_at__isnull=False, withdrawn_at__isnull=False
    )
    rows = desk.pieces().filter(Exists(taken_back), stage=Product.Stage.PAUSED)
    return rows if desk.workshop.is_open and not desk.assistance else rows.none()


def _pieces(desk: Desk) -> list[Task]:
    shown = desk.pieces().filter(is_public=True)
    sold_out = ProductCard.objects.filter(workshop=desk.workshop, visible=True, state=ProductCard.State.SOLD_OUT)
    # Each counted by itself, in one statement: PostgreSQL would join all pieces with all cards.
    counts = Workshop.objects.filter(pk=desk.workshop.pk).values(
        sold_out=_number(sold_out, "workshop"),
        gaps=_number(shown.filter(GAPS), "partner"),
        set_aside=_number(_set_aside(desk), "partner"),
    )[0]
    here, tasks = desk.url("pieces"), []
    if number := counts["set_aside"]:
        text = ngettext(
            "%(number)s piece is taken out of the shop. Buyers do not see it.",
            "%(number)s pieces are taken out of the shop. Buyers do not see them.",
            number,
        )
        tasks.append(Task("hidden", text % {"number": number}, _("Show them again"), f"{here}?state=hidden"))
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

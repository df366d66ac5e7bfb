"""What is to do today: the most urgent first, each with one button, and only what a person's tasks allow."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.fulfilment.deadlines import today_at
from marketplace.fulfilment.models import Consignment, Message
from marketplace.payments.models import Payee
from marketplace.workshops.models import Workshop
from tests.factories import make_member, make_order, make_piece
from tests.fulfilment.making import make_consignment
from tests.people import Visitor

pytestmark = pytest.mark.django_db
State = Consignment.State


def home(person) -> str:
    return reverse("desk:workshop", kwargs={"workshop": person.workshop.slug})


def kinds(client, path: str) -> list[str]:
    page = client.get(path)
    for task in page.context["tasks"]:
        assert bool(task.url) == bool(task.button) and (not task.url or f'href="{task.url}"' in page.text.replace("&amp;", "&"))
    return [task.kind for task in page.context["tasks"]]


def client_with(cast, *rights: str) -> Visitor:
    client = Visitor()
    client.force_login(make_member(cast.maker.workshop, rights=rights))
    return client


def make_shop(cast):
    """Six orders: late, today, this week, later, packed, and one that left; a buyer waits; pieces lack something."""
    workshop = cast.maker.workshop
    bowl = make_piece(workshop, title="Red bowl", stock=9)
    make_piece(workshop, title="Gone bowl", stock=0)
    make_piece(workshop, title="Unknown bowl", hs_code="")
    theirs = make_piece(cast.other_maker.workshop, title="Blue scarf", stock=9)
    rows = [make_order([bowl, theirs], paid=True).order.consignments.get(workshop=workshop) for _order in range(6)]
    today = today_at(workshop.village)
    for row, days in zip(rows, (-1, 0, 3, 12, 12, -5), strict=True):
        row.send_by = today + timedelta(days=days)
        row.save()
    Consignment.objects.filter(pk=rows[4].pk).update(state=State.PACKED)
    Consignment.objects.filter(pk=rows[5].pk).update(state=State.SENT)
    Message.objects.create(consignment=rows[5], side="buyer", language="en", text="Where is it?", key=uuid4())
    return [row.number for row in rows]


@pytest.fixture
def numbers(cast, recorded):
    return recorded(make_shop, cast)


ALL = ["late", "today", "week", "asked", "to-pack", "packed", "payee", "sold-out", "gaps"]


def test_the_owner_reads_all_the_most_urgent_first(numbers, cast):
    assert kinds(cast.maker.client, home(cast.maker)) == ALL
    page = cast.maker.client.get(home(cast.maker))
    assert [task.text for task in page.context["tasks"][:6]] == [
        "1 parcel is late",
        "1 parcel must leave today",
        "1 parcel must leave in the next days",
        "1 buyer waits for your answer",
        "1 consignment to pack",
        "1 is packed and not sent yet",
    ]
    rows = {task.kind: [row["number"] for row in task.rows] for task in page.context["tasks"] if task.rows}
    assert rows == {
        "late": numbers[:1], "today": numbers[1:2], "week": numbers[2:3], "to-pack": numbers[3:4], "packed": numbers[4:5]
    }, "what left is not to do"  # fmt: skip
    assert [page.text.count(number) for number in numbers] == [1, 1, 1, 1, 1, 0], "each stands there once"
    assert "(1 day ago)" in page.text and "Send it today" in page.text


@pytest.mark.parametrize(
    "right, wanted",
    [
        ("packs", ["late", "today", "week", "asked", "to-pack", "packed"]),
        ("lists", ["sold-out", "gaps"]),
        ("keeps_books", []),
    ],
)
def test_each_reads_what_her_tasks_allow(numbers, cast, right, wanted):
    client = client_with(cast, right)
    assert kinds(client, home(cast.maker)) == wanted
    page = client.get(home(cast.maker)).text
    assert ("Mori Kenji" in page) == (right == "packs") and "$" not in page
    assert (numbers[0] in page) == (right == "packs")


@pytest.mark.parametrize("kind", ["late", "today", "week", "to-pack", "packed"])
def test_the_button_leads_to_as_many_as_it_says(numbers, cast, kind):
    """What was promised for no day is not forgotten: it is due later."""
    Consignment.objects.filter(number=numbers[3]).update(send_by=None)
    tasks = {task.kind: task for task in cast.maker.client.get(home(cast.maker)).context["tasks"]}
    wanted = numbers[["late", "today", "week", "to-pack", "packed"].index(kind)]
    assert tasks[kind].text.startswith("1 ") and [row["number"] for row in tasks[kind].rows] == [wanted]
    found = cast.maker.client.get(tasks[kind].url).context["consignments"]
    assert [row["number"] for row in found] == [wanted]


def test_the_other_workshops_work_is_not_counted(numbers, cast):
    theirs = Consignment.objects.filter(workshop=cast.other_maker.workshop)
    theirs.update(send_by=today_at(cast.other_maker.workshop.village) + timedelta(days=30))
    page = cast.other_maker.client.get(home(cast.other_maker))
    assert [task.kind for task in page.context["tasks"]][-1] == "payee"
    assert [task.text for task in page.context["tasks"] if task.kind == "to-pack"] == ["6 consignments to pack"]
    for secret in (*numbers, "Red bowl", "Sao Mai"):
        assert secret not in page.text


def test_nothing_to_do_is_said_kindly_with_a_next_step(cast):
    make_piece(cast.maker.workshop)
    Payee.objects.create(
        workshop=cast.maker.workshop,
        route="bank",
        currency="VND",
        holder_name="Hoa",
        entered_by=cast.maker.user,
        state=Payee.State.WAITING,
    )
    for client in (cast.maker.client, client_with(cast, "packs"), client_with(cast, "keeps_books")):
        page = client.get(home(cast.maker))
        assert page.context["tasks"] == [] and "All is done." in page.text
        assert page.text.count('class="button wide-on-phone"') == 1


def test_a_workshop_that_waits_for_its_officer_says_so(cast):
    Workshop.objects.filter(pk=cast.maker.workshop.pk).update(stage=Workshop.Stage.APPLIED)
    page = cast.maker.client.get(home(cast.maker))
    assert [task.kind for task in page.context["tasks"]][0] == "officer" and "waits for the officer" in page.text


def test_the_day_is_the_villages_own(numbers, cast):
    """Where the sun is already over the next day, what was due today is late."""
    row = Consignment.objects.get(number=numbers[1])
    here = today_at(cast.maker.workshop.village)
    assert row.send_by == here
    Consignment.objects.filter(pk=row.pk).update(send_by=here - timedelta(days=1))
    tasks = {task.kind: task.text for task in cast.maker.client.get(home(cast.maker)).context["tasks"]}
    assert tasks["late"] == "2 parcels are late" and "today" not in tasks


def test_home_and_list_ask_the_same_of_three_and_of_thirty(cast, steady):
    # Whether the content's version is looked up hangs on the second of the clock.

    def count(path: str) -> int:
        cast.maker.client.get(path)
        with CaptureQueriesContext(connection) as queries:
            cast.maker.client.get(path)
        return len(queries)

    here = [home(cast.maker), reverse("desk:consignments", kwargs={"workshop": cast.maker.workshop.slug})]
    for _row in range(3):
        make_consignment(workshop=cast.maker.workshop)
    few = [count(path) for path in here]
    for _row in range(27):
        make_consignment(workshop=cast.maker.workshop)
    assert [count(path) for path in here] == few and few[0] <= 14 and few[1] <= 11, few

"""“I can't make this”: whole consignments and single lines, until they are sent; shown before it is done, done once."""

import re
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from marketplace import formats
from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.packing import unit_of
from marketplace.fulfilment.services import pack, send
from marketplace.money import Money
from marketplace.payments import ledger
from marketplace.payments.models import Account, Refund, ShareRule
from tests.factories import make_piece
from tests.ledger import nothing_changes, stock_of
from tests.people import Visitor
from tests.shopping import hidden_fields, told
from tests.storefront.paying import paid

pytestmark = pytest.mark.django_db
State = Consignment.State
WHY = "The kiln broke.\nI am sorry <b>!</b>"


@pytest.fixture
def shared(cast, fake_stripe):
    ShareRule.objects.create(commission="10", village_fund="2.5", valid_from="2020-01-01", source="Sample")
    cup = make_piece(cast.maker.workshop, title="Tea cup", price="31.00", stock=9)
    bowl = make_piece(cast.maker.workshop, title="Bowl", price="12.34", stock=9)
    scarf = make_piece(cast.other_maker.workshop, title="Scarf", price="77.00")
    return paid(fake_stripe, [(cup, 3), bowl, scarf])


def own(payment, person) -> Consignment:
    return payment.order.consignments.get(workshop=person.workshop)


def path(person, consignment: Consignment, name: str = "consignment-cannot-make") -> str:
    return reverse(f"desk:{name}", kwargs={"workshop": person.workshop.slug, "pk": consignment.pk})


def ask(person, consignment: Consignment, lines, reason: str = WHY):
    data = {"step": "look", "lines": [row.pk for row in lines], "reason": reason}
    return person.client.post(path(person, consignment), data)


def agree(person, consignment: Consignment, page, **changes):
    data = hidden_fields(page.text) | {"lines": [row["pk"] for row in page.context["lines"]], "step": "do"}
    data["reason"] = page.context["reason"]
    return person.client.post(path(person, consignment), data | changes)


def said(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def main_of(page) -> str:
    return BeautifulSoup(page.text, "html.parser").find("main").get_text(" ", strip=True)


def test_of_several_lines_none_is_ticked_and_the_only_one_is(shared, cast):
    """Who does not look cancels nothing."""
    mine = own(shared, cast.maker)
    page = cast.maker.client.get(path(cast.maker, mine))
    assert page.text.count('name="lines"') == 2 and not re.search(r'name="lines"[^>]*checked', page.text)
    theirs = own(shared, cast.other_maker)
    page = cast.other_maker.client.get(path(cast.other_maker, theirs))
    assert len(re.findall(r'name="lines"[^>]*checked', page.text)) == 1
    with nothing_changes():
        page = ask(cast.maker, mine, [])
    assert page.status_code == 400 and "Please choose at least one piece." in page.text


def test_it_says_what_still_goes_or_that_all_is_cancelled(shared, cast):
    mine = own(shared, cast.maker)
    cup, bowl = mine.lines
    some, whole = main_of(ask(cast.maker, mine, [bowl])), main_of(ask(cast.maker, mine, [cup, bowl]))
    assert "You still send: 3 × Tea cup" in some and "whole consignment" not in some
    assert "You cancel the whole consignment." in whole and "You still send" not in whole
    page = agree(cast.maker, mine, ask(cast.maker, mine, [cup]))
    again = main_of(ask(cast.maker, mine, [bowl]))
    assert page.status_code == 302 and "You cancel the whole consignment." in again, "nothing else is left of it"


def test_after_a_part_of_it_she_reads_what_goes_and_what_not(shared, cast):
    mine = own(shared, cast.maker)
    cup, bowl = mine.lines
    asked = ask(cast.maker, mine, [bowl])
    for _click in range(2):
        agree(cast.maker, mine, asked)
        page = cast.maker.client.get(path(cast.maker, mine, "consignment"))
        assert said(page) == [
            "These pieces are cancelled, and the buyer gets $12.34 back.",
            "Do not send: 1 × “Bowl”. Please send the rest: 3 × “Tea cup”.",
        ]
    agree(cast.maker, mine, ask(cast.maker, mine, [cup]))
    page = cast.maker.client.get(path(cast.maker, mine, "consignment"))
    (words,) = said(page)
    assert words.startswith("It is cancelled, and the buyer gets $") and words.endswith("Please do not send it.")


def test_the_desk_counts_only_what_still_goes(shared, cast):
    """Money, weight, the list, and what may lie in a second box; the estimate goes once it is weighed."""
    mine, client = own(shared, cast.maker), cast.maker.client
    here = path(cast.maker, mine, "consignment")
    cup, bowl = mine.lines
    one = unit_of(cup.product).weight_g
    before = client.get(here).context["consignment"]
    assert (before["goods"], before["weight"]) == (Money(Decimal("105.34"), "USD"), formats.weight(4 * one, "en"))
    agree(cast.maker, mine, ask(cast.maker, mine, [bowl]))
    page = client.get(here)
    after = page.context["consignment"]
    assert (after["goods"], after["weight"]) == (Money(Decimal("93.00"), "USD"), formats.weight(3 * one, "en"))
    assert "$93.00" in main_of(page) and "105.34" not in main_of(page)
    (row,) = client.get(reverse("desk:consignments", kwargs={"workshop": cast.maker.workshop.slug})).context["consignments"]
    assert [(line["quantity"], line["title"]) for line in row["lines"]] == [(3, "Tea cup")]
    assert f'name="inside_2_{cup.pk}"' in page.text and f'name="inside_2_{bowl.pk}"' not in page.text
    data = {"action": "pack", "weight": "2 kg", "weight_2": "1 kg", f"inside_2_{cup.pk}": "1"}
    assert client.post(here, data).status_code == 302
    main = main_of(client.get(here))
    assert "Weight with packing 3 kg" in main and "Weight with packing, about" not in main


def test_one_line_is_cancelled_and_the_buyer_reads_why(shared, cast):
    mine = own(shared, cast.maker)
    cup, bowl = mine.lines
    holder, currency = cast.maker.workshop.code_prefix, mine.shares.filter(party="workshop").first().own_currency
    before = ledger.balance(Account.WORKSHOP_PAYABLE, holder=holder, currency=currency)
    with nothing_changes():
        page = ask(cast.maker, mine, [bowl])
    back = page.context["back"]
    assert (back.goods.amount, back.shipping.amount, back.total.amount) == (Decimal("12.34"), 0, Decimal("12.34"))
    answer = agree(cast.maker, mine, page)
    assert answer["Location"] == path(cast.maker, mine, "consignment")
    refund = Refund.objects.get()
    assert (refund.amount, refund.asked_as, refund.asked_by) == (Decimal("12.34"), "maker", cast.maker.user)
    after = ledger.balance(Account.WORKSHOP_PAYABLE, holder=holder, currency=currency)
    assert after - before == back.lost, "what the page said the workshop loses"
    assert stock_of(bowl.product) == (9, 0) and stock_of(cup.product)[0] == 6
    shown = cast.maker.client.get(path(cast.maker, mine, "consignment")).context
    assert [line["cancelled"] for line in shown["consignment"]["lines"]] == [False, True]
    assert shown["own"]["rows"][-1]["amount"] == -back.lost
    assert shown["own"]["total"].amount == -after.amount
    page = Visitor().with_link_of(shared).get(f"/en/orders/{shared.order.number}/")
    part = next(row for row in page.context["consignments"] if row["reasons"])
    assert part["reasons"] == [WHY]
    assert "&lt;b&gt;!" in page.text and "<b>!" not in page.text


def test_the_whole_of_it_with_its_postage_once(shared, cast):
    mine = own(shared, cast.maker)
    page = ask(cast.maker, mine, mine.lines)
    assert page.context["back"].total == Money(mine.total, mine.currency)
    for _click in range(3):
        answer = agree(cast.maker, mine, page)
        assert answer.status_code == 302
    mine.refresh_from_db()
    assert mine.state == State.CANCELLED
    assert Refund.objects.get().amount == mine.total
    assert shared.order.notes.count() == 1
    with nothing_changes():
        later = cast.maker.client.get(path(cast.maker, mine), follow=True)
    assert told(later) == "This has been cancelled already."
    assert later.context["own"]["total"].amount == 0
    assert own(shared, cast.other_maker).state == State.PLACED


@pytest.mark.parametrize(
    ("lines", "reason"),
    [([], WHY), (None, ""), (None, " \u200e\n "), (["x"], WHY), ([0], WHY), ("other", WHY), (None, "x" * 501)],
)
def test_what_is_wrong_is_marked_and_changes_nothing(shared, cast, lines, reason):
    mine = own(shared, cast.maker)
    rows = list(own(shared, cast.other_maker).lines) if lines == "other" else list(mine.lines)
    ids = [row.pk for row in rows] if lines in (None, "other") else lines
    with nothing_changes():
        for step in ("look", "do"):
            data = {"step": step, "lines": ids, "reason": reason, "key": "11111111-1111-4111-8111-111111111111"}
            assert cast.maker.client.post(path(cast.maker, mine), data).status_code == 400
    assert not Refund.objects.exists()


def test_who_agreed_to_something_else_is_asked_again(shared, cast):
    mine = own(shared, cast.maker)
    page = ask(cast.maker, mine, mine.lines)
    with nothing_changes():
        for change in ({"shown": "1.00 USD"}, {"key": ""}, {"key": "nonsense"}):
            assert agree(cast.maker, mine, page, **change).status_code == 409
    assert not Refund.objects.exists()


def test_only_its_members_until_it_is_sent(shared, cast):
    mine = own(shared, cast.maker)
    page = ask(cast.helper, mine, mine.lines)
    assert page.status_code == 200
    with nothing_changes():
        strange = reverse(
            "desk:consignment-cannot-make", kwargs={"workshop": cast.other_maker.workshop.slug, "pk": mine.pk}
        )
        for address in (strange, path(cast.maker, mine)):
            assert cast.other_maker.client.get(address).status_code == 404
            assert cast.other_maker.client.post(address, {"step": "do"}).status_code == 404
        assert cast.stranger.client.get(path(cast.maker, mine)).status_code == 302
        assert cast.buyer.client.post(path(cast.maker, mine), {"step": "do"}).status_code == 403
    pack(consignment=mine)
    assert cast.maker.client.get(path(cast.maker, mine)).status_code == 200
    send(consignment=mine, carrier="Viet Nam Post")
    with nothing_changes():
        assert agree(cast.maker, mine, page)["Location"] == path(cast.maker, mine, "consignment")
        assert cast.maker.client.get(path(cast.maker, mine)).status_code == 302
    assert cast.maker.client.get(path(cast.maker, mine, "consignment")).context["cannot_make_url"] == ""
    assert not Refund.objects.exists()


def test_her_own_share_adds_up_in_her_own_currency(shared, cast):
    mine = own(shared, cast.maker)
    page = cast.maker.client.get(path(cast.maker, mine, "consignment"))
    own_ = page.context["own"]
    shares = list(mine.shares.filter(party="workshop"))
    assert own_["total"] == Money(sum(row.own_amount for row in shares), shares[0].own_currency)
    assert sum(row["amount"].amount for row in own_["rows"]) == own_["total"].amount
    assert own_["total"].currency == "VND" and "1 USD = " in own_["rate"]
    assert "77.00" not in page.text, "nothing of the other workshop"


def test_who_keeps_no_books_cancels_without_reading_an_amount(shared, cast):
    """Neither what goes back nor what is lost: not on the pages, not hidden in the form, not when it is done."""
    mine = own(shared, cast.maker)
    bowl = mine.lines[1]
    amounts = re.compile(r"12[.,]34|31[.,]00|93[.,]00|105[.,]34|USD|VND|\$|₫")
    seen = [cast.helper.client.get(path(cast.maker, mine)), cast.helper.client.get(path(cast.maker, mine, "consignment"))]
    page = cast.helper.client.post(path(cast.maker, mine), {"step": "look", "lines": [bowl.pk], "reason": "The kiln broke."})
    assert page.context["back"] is None
    assert "The buyer gets back what these pieces cost." in page.text
    data = hidden_fields(page.text) | {"step": "do"}
    assert data["shown"] == ask(cast.maker, mine, [bowl]).context["back"].token
    done = cast.helper.client.post(path(cast.maker, mine), data, follow=True)
    assert said(done) == [
        "These pieces are cancelled, and the buyer is paid back for them.",
        "Do not send: 1 × “Bowl”. Please send the rest: 3 × “Tea cup”.",
    ]
    assert Refund.objects.get().amount == Decimal("12.34")
    for answer in [*seen, page, done]:
        main = BeautifulSoup(answer.text, "html.parser").find("main")
        assert amounts.findall(main.get_text(" ") + str([row.get("value") for row in main.find_all("input")])) == []
    assert amounts.search(ask(cast.maker, mine, [mine.lines[0]]).text), "who keeps them reads it all"

"""The last piece: with the lock one buyer gets it, and without the lock the test shows that two would."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from catalogue.models import Product
from marketplace.payments.constraints import STOCK
from marketplace.payments.models import Payment
from tests.factories import make_piece, make_workshop
from tests.factories.pieces import _make_variant
from tests.ledger import OrderLine, assert_books_balance, stock_of
from tests.races.buyers import (
    make_buyer_at_the_till,
    press_pay_in_turn,
    press_pay_together,
    walk_to_the_till,
)
from tests.unguarded import unguarded

# No rollback: the servers must see what the tests write.
CONTROL = 15  # rounds in which a control shows its race
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill, pytest.mark.timeout(900)]


def orders_of(piece: Product) -> list[Payment]:
    return list(Payment.objects.filter(order__lines__product=piece))


def unique_piece() -> Product:
    return make_piece(stock=1, supply=Product.Supply.ONE_OF_A_KIND)


def test_without_the_lock_one_piece_is_sold_twice(careless_shop, rounds):
    """The positive control: it proves that the tests below would notice."""
    sold_twice = 0
    with unguarded(STOCK):
        for _round in range(min(rounds, CONTROL)):
            piece = unique_piece()
            answers = press_pay_together(
                [make_buyer_at_the_till(piece), make_buyer_at_the_till(piece)], careless_shop
            )
            if [answer.status_code for answer in answers] == [303, 303]:
                assert len(orders_of(piece)) == 2
                assert stock_of(piece) == (1, 2)
                sold_twice += 1
    # A busy machine may let one buyer come too late once or twice.
    assert sold_twice > min(rounds, CONTROL) / 2


def test_without_the_lock_crossed_baskets_are_sold_twice(careless_shop, rounds):
    """The control for baskets in opposite order."""
    with unguarded(STOCK):
        for _attempt in range(rounds):
            left, right = unique_piece(), unique_piece()
            baskets = [make_buyer_at_the_till(left, right), make_buyer_at_the_till(right, left)]
            press_pay_together(baskets, careless_shop)
            if stock_of(left) == stock_of(right) == (1, 2):
                break
    assert (stock_of(left), stock_of(right)) == ((1, 2), (1, 2))


def test_without_the_lock_the_database_itself_keeps_the_piece(careless_shop, fake_stripe):
    """The second line of defence: the loser is told, though not as early as with the lock."""
    piece = unique_piece()
    buyers = [make_buyer_at_the_till(piece), make_buyer_at_the_till(piece)]
    answers = press_pay_together(buyers, careless_shop)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert (stock_of(piece), len(fake_stripe.sessions)) == ((1, 1), 1)
    assert_books_balance()


def test_with_the_lock_one_piece_is_sold_once(shop, rounds, fake_stripe):
    for turn in range(rounds):
        piece = unique_piece()
        buyers = [make_buyer_at_the_till(piece), make_buyer_at_the_till(piece)]
        answers = press_pay_together(buyers, shop)
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        (payment,) = orders_of(piece)
        assert stock_of(piece) == (1, 1)
        won, lost = sorted((0, 1), key=lambda buyer: answers[buyer].status_code)
        assert answers[won].headers["Location"] == payment.pay_url
        assert buyers[won].lines == {}
        assert "“Red bowl” is sold out." in answers[lost].text
        assert "Your basket is as you left it, and nothing has been charged." in answers[lost].text
        assert buyers[lost].lines == {piece.pk: 1}
        assert "This piece is sold out." in buyers[lost].look(shop).text
        assert len(fake_stripe.sessions) == turn + 1, "the loser was never sent to pay"
    assert_books_balance()


def test_the_whole_walk_ends_the_same(shop, fake_stripe):
    """From the first click on by requests alone, as readers do it."""
    piece = unique_piece()
    answers = press_pay_together([walk_to_the_till(shop, piece), walk_to_the_till(shop, piece)], shop)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert len(orders_of(piece)) == len(fake_stripe.sessions) == 1
    assert_books_balance()


def test_of_ten_pieces_ten_are_sold(shop, full, fake_stripe):
    """Case 3: 200 buyers, 20 at a time."""
    piece, number = make_piece(stock=10), 200 if full else 30
    buyers = [make_buyer_at_the_till(piece) for _buyer in range(number)]
    started = time.monotonic()
    answers = press_pay_in_turn(buyers, shop, at_once=20)
    assert time.monotonic() - started < 60
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(303), statuses.count(409)) == (10, number - 10)
    assert len(orders_of(piece)) == len(fake_stripe.sessions) == 10
    assert stock_of(piece) == (10, 10)
    assert all((buyer.lines == {}) == (status == 303) for buyer, status in zip(buyers, statuses, strict=True))
    assert_books_balance()


def test_baskets_in_opposite_order_do_not_block_each_other(shop, rounds):
    for _round in range(rounds):
        left, right = make_piece(stock=100), make_piece(stock=100)
        buyers = [
            make_buyer_at_the_till(*((left, right) if turn % 2 else (right, left))) for turn in range(8)
        ]
        answers = press_pay_together(buyers, shop)
        assert {answer.status_code for answer in answers} == {303}
        assert (stock_of(left), stock_of(right)) == ((100, 8), (100, 8))
    assert_books_balance()


def test_variants_of_the_same_pieces_do_not_block_each_other(shop, rounds):
    """Different stock rows, but each pair shares its two cards, and wrote them in opposite order."""
    for _round in range(rounds):
        bowl = make_piece(variants={"S": ("10.00", 100)})
        tray = make_piece(variants={"S": ("10.00", 100), "L": ("10.00", 100)})
        _make_variant(bowl, "L", "10.00", 100)
        small_bowl, large_bowl = bowl.children.order_by("pk")
        small_tray, large_tray = tray.children.order_by("pk")
        pairs = [(small_bowl, small_tray), (large_tray, large_bowl)] * 4
        answers = press_pay_together([make_buyer_at_the_till(*pair) for pair in pairs], shop)
        assert {answer.status_code for answer in answers} == {303}
        assert [stock_of(one) for one in (small_bowl, large_bowl, small_tray, large_tray)] == [(100, 4)] * 4
    assert_books_balance()


def test_the_last_two_variants_leave_a_card_that_says_sold_out(shop, rounds):
    """Each buyer's transaction saw the other variant still there."""
    for _round in range(rounds):
        piece = make_piece(variants={"S": ("10.00", 1), "L": ("10.00", 1)})
        answers = press_pay_together(
            [make_buyer_at_the_till(variant) for variant in piece.children.all()], shop
        )
        assert [answer.status_code for answer in answers] == [303, 303]
        piece.card.refresh_from_db()
        assert piece.card.state == "sold_out"


def test_a_workshop_changes_its_name_while_its_pieces_are_sold(shop, rounds):
    """That writes the cards of all its pieces, and so does every order."""
    workshop = make_workshop()
    pieces = [make_piece(workshop, stock=1000) for _piece in range(4)]
    name = workshop.texts.get()
    over = threading.Event()

    def rename() -> int:
        times = 0
        try:
            while not over.wait(0.02):
                name.save()
                times += 1
        finally:
            connection.close()
        return times

    for _round in range(rounds // 3):
        buyers = [make_buyer_at_the_till(*pieces) for _buyer in range(4)]
        over.clear()
        with ThreadPoolExecutor(1) as pool:
            renaming = pool.submit(rename)
            try:
                answers = press_pay_together(buyers, shop)
            finally:
                over.set()
            assert renaming.result() > 0
        assert {answer.status_code for answer in answers} == {303}
    assert_books_balance()


def test_one_more_than_there_is_leaves_nothing_half_done(shop, rounds):
    """Two buyers of two each, three in stock, beside a piece that there is plenty of."""
    for _round in range(rounds):
        scarce, plenty = make_piece(stock=3), make_piece(stock=100)
        buyers = [make_buyer_at_the_till((scarce, 2), plenty), make_buyer_at_the_till(plenty, (scarce, 2))]
        answers = press_pay_together(buyers, shop)
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        assert (stock_of(scarce), stock_of(plenty)) == ((3, 2), (100, 1))
        assert not OrderLine.objects.filter(order__payment__isnull=True).exists()
    assert_books_balance()

"""A destination may require a language: without words in it a piece is not sent there, and every page says so kindly."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Locale

from catalogue.models import ProductText
from catalogue.provenance import writing_as
from catalogue.text import language_name
from marketplace.economies.models import RequiredLanguage
from marketplace.economies.names import economy_name
from marketplace.payments.errors import CannotShip
from marketplace.payments.models import Payment
from marketplace.payments.placing import Buyer, place_order
from storefront.listing.cards import card_path
from storefront.listing.models import ProductCard
from tests.factories import make_piece
from tests.ledger import nothing_changes
from tests.shopping import ADDRESS, Shopper, quote_of, told, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]
REFUSAL = (
    "“Red bowl” cannot be sent to Japan yet, because its description is not in Japanese. "
    "Please take it out of the basket or choose another place."
)
NOTE = "Not sold to Japan yet: its description is not in Japanese."


@pytest.fixture
def japanese_for_japan() -> RequiredLanguage:
    return RequiredLanguage.objects.create(destination="JP", language="ja", source="A decision of ours")


@pytest.fixture
def bowl():
    return make_piece(title="Red bowl", description="Nine coats.")


def describe_in_japanese(piece, written_by: str = "editor", **words) -> None:
    with writing_as(written_by):
        ProductText.objects.create(
            owner=piece,
            locale=Locale.objects.get(language_code="ja"),
            **{"title": "赤い椀", "description": "九回の塗り。"} | words,
        )


def page_of(client, piece, language: str = "en"):
    return client.get(card_path(ProductCard.objects.get(pk=piece.pk), language))


def test_the_review_refuses_names_the_piece_and_changes_nothing(japanese_for_japan, bowl):
    shopper = Shopper().fill(bowl)
    assert shopper.give_address(economy="JP").status_code == 302
    with nothing_changes():
        answer = shopper.client.get("/jp-usd/en/checkout/review/", follow=True)
    assert answer.redirect_chain == [("/jp-usd/en/checkout/", 302)]
    assert told(answer) == REFUSAL
    assert REFUSAL in answer.text
    assert shopper.basket() == {bowl.pk: 1}


def test_another_destination_is_not_concerned(japanese_for_japan, bowl):
    assert Shopper().place(bowl, economy="NZ", state="", postcode="6011", phone="")


def test_with_words_in_the_language_it_is_sent(japanese_for_japan, bowl):
    describe_in_japanese(bowl)
    assert Shopper().place(bowl)


def test_a_title_without_the_description_is_not_enough(japanese_for_japan, bowl, client):
    describe_in_japanese(bowl, description="")
    assert page_of(client, bowl).context["not_sold"] == [NOTE]


def test_a_machines_words_count_only_where_the_row_says_so(japanese_for_japan, bowl, client, commit):
    describe_in_japanese(bowl, "machine")
    assert page_of(client, bowl).context["not_sold"] == [NOTE]
    japanese_for_japan.machine_counts = True
    japanese_for_japan.save()
    commit()
    assert page_of(client, bowl).context["not_sold"] == []
    assert Shopper().place(bowl)


def test_the_makers_own_language_counts(japanese_for_japan):
    assert Shopper().place(make_piece(title="椀", source="ja", description="九回の塗り。"))


def test_a_requirement_that_comes_between_review_and_payment_stops_the_order(bowl):
    shopper = Shopper()
    form = shopper.go_to_review(bowl)
    RequiredLanguage.objects.create(destination="JP", language="ja", source="New")
    with nothing_changes():
        answer = shopper.pay(form)
    assert answer.status_code == 409
    assert told(answer) == REFUSAL
    assert not Payment.objects.exists()
    assert shopper.basket() == {bowl.pk: 1}


def test_place_refuses_too(japanese_for_japan, bowl):
    shopper = Shopper().fill(bowl)
    basket = shopper.client.get("/en/basket/").wsgi_request.basket
    buyer = Buyer(
        **{name: ADDRESS[name] for name in ("email", "full_name", "line1", "city", "postcode", "economy")}
    )
    with nothing_changes(), pytest.raises(CannotShip, match="its description is not in Japanese"):
        place_order(
            basket=basket,
            buyer=buyer,
            language="en",
            idempotency_key="k" * 24,
            expected_total=total_of(basket),
        )


def test_a_variant_is_judged_by_its_piece(japanese_for_japan):
    piece = make_piece(title="Scarf", variants={"Small": ("12.00", 3)}, description="Soft.")
    shopper = Shopper().fill(piece.children.get())
    basket = shopper.client.get("/en/basket/").wsgi_request.basket
    quote = quote_of(basket.all_lines())
    assert [sentence.split(" cannot")[0] for sentence in quote.refusals] == ["“Scarf”"]


@pytest.mark.parametrize("language", ["en", "ja", "vi", "th", "es", "zh-hant"])
def test_the_pieces_page_says_so_in_every_language(japanese_for_japan, bowl, client, language):
    answer = page_of(client, bowl, language)
    [sentence] = answer.context["not_sold"]
    assert sentence in answer.text
    if language == "en":
        assert sentence == NOTE
    with override(language):
        assert all(name in sentence for name in (economy_name("JP"), language_name("ja")))


def test_the_page_follows_the_row_at_once(bowl, client, commit):
    assert page_of(client, bowl).context["not_sold"] == []
    row = RequiredLanguage.objects.create(destination="JP", language="ja", source="New")
    commit()
    assert page_of(client, bowl).context["not_sold"] == [NOTE]
    row.delete()
    commit()
    assert page_of(client, bowl).context["not_sold"] == []


def test_staff_enter_a_requirement_and_mistakes_are_named(staff):
    url = reverse("required-languages:add")
    row = {"destination": "JP", "language": "ja", "source": "The law of 2026"}
    assert staff.post(url, row).status_code == 302
    assert RequiredLanguage.objects.get().machine_counts is False
    for wrong in ({"destination": "Japan"}, {"language": "xx"}, {"source": ""}, {}):
        answer = staff.post(url, row | wrong)
        assert answer.status_code == 200, wrong
        assert answer.context["form"].errors, wrong
    assert RequiredLanguage.objects.count() == 1


def test_nobody_else_sees_the_screen(cast):
    for person in cast.all_but("staff"):
        assert person.client.get(reverse("required-languages:index")).status_code == 302, person


def test_only_languages_of_the_catalogue_can_be_required():
    with pytest.raises(ValidationError, match="No piece can be described in this language"):
        RequiredLanguage(destination="JP", language="xx", source="?").full_clean()


@pytest.mark.django_db
def test_a_destination_that_does_not_exist_is_refused():
    row = RequiredLanguage(destination="ZZ", language="ja", source="A decision of ours")
    with pytest.raises(ValidationError, match="no destination"):
        row.full_clean()
    assert not RequiredLanguage.objects.exists()

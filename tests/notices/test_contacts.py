"""Telephone numbers and addresses, read as people type them."""

import pytest
from django.db import IntegrityError, transaction

from marketplace.notices.contacts import BadContact, Contact, contacts_of, normalise, owner_of
from marketplace.notices.models import ContactPoint
from tests.factories import make_user
from tests.notices.conftest import add_contact


@pytest.mark.parametrize(
    ("typed", "economy", "value"),
    [
        ("+84 912 345 678", "", "+84912345678"),
        ("0912 345 678", "VN", "+84912345678"),
        ("(0912) 345.678", "VN", "+84912345678"),
        ("0084 912 345 678", "", "+84912345678"),
        ("84912345678", "", "+84912345678"),
        ("+84912345678", "TH", "+84912345678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "TH", "+66812345678"),
        ("٠٨١٢٣٤٥٦٧٨", "TH", "+66812345678"),
        ("０９０－１２３４－５６７８", "JP", "+819012345678"),
        ("＋８１ ９０ １２３４ ５６７８", "", "+819012345678"),
        ("\u200e+84912345678\u202c", "", "+84912345678"),
    ],
    ids=ascii,
)
def test_a_number_becomes_e164(typed, economy, value):
    assert normalise(typed, economy) == ("phone", value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("Hoa@Example.COM ", "hoa@example.com"), ("ｈｏａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "hoa@example.com")],
    ids=ascii,
)
def test_an_address_becomes_small_letters(typed, value):
    assert normalise(typed) == ("email", value)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "  ", "\x00", "12", "0912 345 678", "hello", "+84 912 345 678 ext 9", "+999 123 456 789", "1" * 100_000),
        *("hoa@", "@example.com", "hoa@example", "a@b@c.example", "hoa@example.com\r\nBcc: x@example.com"),
        *("hoa\x00@example.com", "a" * 140 + "@example.com", "<b>@example.com", "hoa@exam ple.com"),
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_what_is_neither_is_refused_with_a_sentence(typed):
    with pytest.raises(BadContact) as problem:
        normalise(typed)
    assert str(problem.value).endswith(".")


def test_a_refusal_names_an_example_of_the_place():
    with pytest.raises(BadContact, match=r"such as \+84 .* in Viet Nam"):
        normalise("123", "VN")


def test_enough_is_shown_to_know_ones_own():
    assert Contact("phone", "+84912345678").masked == "+84 ••• 678"
    assert Contact("email", "hoa@example.com").masked == "h•••@example.com"


@pytest.mark.django_db
def test_a_contact_is_one_persons_once_it_is_shown_to_be_hers():
    first, second = make_user("a@example.com"), make_user("b@example.com")
    for user in (first, second):
        ContactPoint.objects.create(user=user, kind="phone", value="+84912345678")
    assert owner_of(Contact("phone", "+84912345678")) is None
    add_contact(first, "email", "new@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        add_contact(second, "email", "new@example.com")
    assert owner_of(Contact("email", "new@example.com")) == first


@pytest.mark.django_db
def test_the_address_of_an_account_counts_until_another_proves_it_hers():
    user, rival = make_user("hoa@example.com"), make_user("rival@example.com")
    contact = Contact("email", "hoa@example.com")
    assert (owner_of(contact), contacts_of(user)) == (user, [contact])
    add_contact(rival, "email", "hoa@example.com")
    assert (owner_of(contact), contacts_of(user)) == (rival, [])


@pytest.mark.django_db
def test_letters_that_only_a_database_takes_for_the_same_are_different():
    """With its dotless letter, "mıke" has a mailbox of his own, and must not get Mike's code."""
    user = make_user("mike@example.com")
    assert owner_of(Contact("email", "mıke@example.com")) is None
    assert owner_of(Contact("email", "mike@example.com")) == user
    user.email = "MIKE@Example.com"
    user.save()
    assert owner_of(Contact("email", "mike@example.com")) == user


@pytest.mark.django_db
def test_an_address_that_two_accounts_name_is_nobodys():
    make_user("one@example.com")
    make_user("two@example.com")
    from django.contrib.auth import get_user_model

    get_user_model().objects.update(email="same@example.com")
    assert owner_of(Contact("email", "same@example.com")) is None

"""The desk speaks plainly: short sentences, known words. And the script that says so finds what is not."""

import pytest

from tools import plain

LONG = "We keep your photo here until you come back and say what we should do with it and when and why and how."


@pytest.fixture(scope="module")
def strings():
    """Collecting takes seconds."""
    return list(plain.maker_strings())


def test_every_makers_string_is_plain(strings, monkeypatch, capsys):
    monkeypatch.setattr(plain, "maker_strings", lambda: iter(strings))
    assert list(plain.findings()) == []
    assert plain.main([]) == 0
    assert capsys.readouterr().out == "Every maker's string is plain.\n"


def test_the_strings_of_the_whole_desk_are_read(strings):
    texts, places = {text for text, _place in strings}, {place for _text, place in strings}
    assert len(strings) > 1000
    assert {"Please give a price above zero.", "%(amount)s is on its way to you", "Read her this, slowly"} <= texts
    for part in (*plain.MAKERS, *plain.MAKERS_TOO):
        assert any(place.startswith(part) for place in places), f"no words in {part}"


@pytest.mark.parametrize(
    ("name", "makers"),
    [
        ("storefront/desk/steps/forms.py", True),
        ("storefront/templates/storefront/desk/home.html", True),
        ("marketplace/notices/kinds.py", True),
        ("marketplace/workshops/models/officers.py", True),
        ("marketplace/payments/payouts/balances.py", True),
        ("storefront/officer/workshop.py", False),
        ("storefront/templates/storefront/officer/home.html", False),
        ("marketplace/workshops/deciding.py", False),
        ("marketplace/workshops/wagtail_hooks.py", False),
        ("marketplace/workshops/models/places.py", False),
        ("marketplace/payments/payouts/batches.py", False),
        ("storefront/templates/storefront/checkout/review.html", False),
    ],
)
def test_officers_and_staff_are_spoken_to_in_words_of_their_own(name, makers):
    assert plain.is_makers(name) is makers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Please give a price above zero.", []),
        (LONG, ["23 words in a sentence"]),
        (LONG.replace(" and say", ". Say"), []),
        (LONG.replace(" and say", ": say"), ["22 words in a sentence"]),
        (LONG.replace(" and say", "\nsay"), []),
        ("The remittance is pending.", ["“remittance” is not a plain word", "“pending” is not a plain word"]),
        ("Remittance", ["“Remittance” is not a plain word"]),
        ("You get %(remittance)s by {counterparty} on %(day)s.", []),
        ('You get <b class="remittance">money</b>.', []),
        ("It looks like remittance@counterparty.example.", []),
        ("Save it as CSV or XLSX, with its HS code.", []),
        ("", []),
    ],
)
def test_what_is_hard_to_read_is_found(text, found):
    assert plain.problems(text) == found


def test_the_longest_sentence_may_have_just_as_many_words_as_is_said():
    assert plain.problems(" ".join(["go"] * plain.LONGEST)) == []
    assert plain.problems(" ".join(["go"] * (plain.LONGEST + 1))) == [f"{plain.LONGEST + 1} words in a sentence"]


@pytest.mark.parametrize("word", ["pieces", "Stopped", "waiting", "lying", "tried", "heavier", "safer", "can't", "buyer’s"])
def test_the_common_forms_of_a_known_word_are_known(word):
    assert plain.is_plain(word)


@pytest.mark.parametrize("word", ["consignment", "officer", "consent", "payout"])
def test_the_words_of_the_trade_stand_in_the_glossary(word):
    assert plain.is_plain(word)


@pytest.mark.parametrize("word", ["setting", "MARKETPLACE_GATEWAY", "invariant"])
def test_other_tables_of_the_readme_are_no_glossary(word):
    """ "change a limit | a setting" is a row for developers."""
    assert word.lower() not in plain.plain_words()


def test_it_ends_with_1_and_says_where(monkeypatch, capsys):
    monkeypatch.setattr(plain, "maker_strings", lambda: iter([("Please remit.", "storefront/desk/home.py")]))
    assert plain.main([]) == 1
    assert capsys.readouterr().out == "storefront/desk/home.py: “remit” is not a plain word: Please remit.\n"
    assert plain.main(["words"]) == 1
    assert capsys.readouterr().out == "remit\tstorefront/desk/home.py: Please remit.\n"

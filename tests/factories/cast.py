"""The people every test knows (tests/people.py), with their workshops."""

from tests.factories.agencies import make_agency, make_seat
from tests.factories.places import make_member, make_user, make_village, make_workshop
from tests.people import Cast, Person, Visitor


def make_cast() -> Cast:
    """Two workshops, one helper, a buyer, an agency, a member of staff and a stranger, all logged in who can."""
    lacquer = make_workshop(
        "sao-mai-lacquer",
        village=make_village("sao-mai", name={"en": "Sao Mai", "ja": "サオマイ"}),
        name={"en": "Sao Mai Lacquer", "ja": "サオマイ漆器"},
        code_prefix="SML",
    )
    indigo = make_workshop(
        "ban-fai-indigo",
        village=make_village("ban-fai", economy="TH", name={"en": "Ban Fai", "ja": "バンファイ"}),
        name={"en": "Ban Fai Indigo", "ja": "バンファイ藍染"},
        code_prefix="BFI",
    )
    travel = make_agency("chang-thong")
    return Cast(
        maker=_enter("maker", make_member(lacquer, email="hoa@example.com", first_name="Hoa"), lacquer),
        helper=_enter(
            "helper", make_member(lacquer, email="lan@example.com", rights=("lists", "packs")), lacquer
        ),
        other_maker=_enter("other_maker", make_member(indigo, email="somjai@example.com"), indigo),
        buyer=_enter("buyer", make_user("kenji@example.com", first_name="Kenji")),
        agency=_enter("agency", make_seat(travel, email="agency@example.com"), seat_at=travel),
        staff=_enter("staff", make_user("admin@example.com", is_staff=True, is_superuser=True)),
        stranger=Person("stranger", Visitor()),
    )


def _enter(name: str, user, workshop=None, seat_at=None) -> Person:
    visitor = Visitor()
    visitor.force_login(user)
    return Person(name, visitor, user, workshop, seat_at)

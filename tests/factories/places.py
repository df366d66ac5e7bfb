"""Villages, workshops and the people in them."""

from collections.abc import Sequence

from django.contrib.auth import get_user_model
from oscar.core.loading import get_model

from marketplace.economies.models import Economy
from marketplace.workshops.models import Member, Officer, Right, Village, Workshop
from tests.factories.texts import Words, number, write_texts

PASSWORD = "a-long-password"


def make_user(email: str = "", **fields):
    """A user who logs in with ``email`` and PASSWORD."""
    email = email or f"somebody{number()}@example.com"
    return get_user_model().objects.create_user(email, email, PASSWORD, **fields)


def make_village(
    slug: str = "", *, economy: str = "VN", name: Words = "Sao Mai", summary: Words = "", source: str = "en"
) -> Village:
    village = Village(
        slug=slug or f"village-{number()}",
        economy=Economy.objects.get(pk=economy),
        source_language=source,
        latitude="21.1",
        longitude="105.9",
    )
    Village.objects.bulk_create([village])  # no signal: nobody knows it yet
    write_texts(village, name=name, summary=summary)
    return village


def make_workshop(
    slug: str = "",
    *,
    village: Village | None = None,
    name: Words = "Sao Mai Lacquer",
    summary: Words = "",
    source: str = "en",
    **fields,
) -> Workshop:
    """A workshop with its Oscar partner, in ``village`` or a new one."""
    serial = number()
    slug = slug or f"workshop-{serial}"
    workshop = Workshop(
        partner=get_model("partner", "Partner").objects.create(name=slug, code=slug),
        village=village or make_village(),
        slug=slug,
        source_language=source,
        **{"code_prefix": f"W{serial}", "contact": "Hoa", "since": 1987, "makers": 12} | fields,
    )
    Workshop.objects.bulk_create([workshop])
    write_texts(workshop, name=name, summary=summary)
    return workshop


def make_member(workshop: Workshop, *, email: str = "", rights: Sequence[str] = (Right.OWN,), **fields):
    """A new user who works in ``workshop``."""
    user = make_user(email, **fields)
    Member.objects.create(workshop=workshop, user=user, **dict.fromkeys(rights, True))
    return user


def make_officer(area: Village | Economy, *, email: str = "", title: str = "District officer", **fields) -> Officer:
    """A new user who is an officer for a village or a whole economy."""
    where = {"village" if isinstance(area, Village) else "economy": area}
    return Officer.objects.create(user=make_user(email, **fields), title=title, **where)

"""Telling somebody something, once. Others call ``tell`` and ``tell_contact``; what is said stands in kinds.py."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from marketplace.fulfilment.sealing import seal
from marketplace.notices import delivery
from marketplace.notices.contacts import Contact
from marketplace.notices.models import Notice, Preference
from marketplace.notices.preferences import known_language, reader_of
from marketplace.notices.words import kinds
from marketplace.workshops.models import Member, Right, Workshop


@transaction.atomic
def tell(
    *, user, kind: str, key: str, values: Mapping[str, Any], url: str = "", language: str = ""
) -> bool:
    """Tell ``user``: at once, or in her daily message, as she chose. Answers whether it was new.

    The same ``key`` for the same person is told once. ``values``: see kinds.py. ``url``: where it leads, without host
    and language ("/desk/sao-mai/"). ``language``: for a person who chose none. Raises Unknown for a kind without words.
    """
    entry = kinds[kind]
    if not user.is_active:
        return False
    reader = reader_of(user, language)
    notice = Notice(
        key=f"{kind}:{key}:{user.pk}",
        kind=kind,
        user=user,
        values=dict(values),
        link=seal(url) if url else "",
        language=language,
        in_digest=not entry.urgent and reader.chosen.how == Preference.How.DIGEST,
    )
    if not _write(notice):
        return False
    if not notice.in_digest:
        delivery.send_out(notice)
    return True


@transaction.atomic
def tell_contact(
    *, contact: Contact, language: str, kind: str, key: str, values: Mapping[str, Any], url: str = ""
) -> bool:
    """Tell an address that has no account, at once. Address and link are sealed, and forgotten when it is sent.

    Answers whether it was new. Raises Unknown.
    """
    kinds[kind]
    contact = Contact(*contact)
    notice = Notice(
        key=f"{kind}:{key}:{_short(contact)}",
        kind=kind,
        contact=seal(f"{contact.kind}:{contact.value}"),
        values=dict(values),
        link=seal(url) if url else "",
        language=known_language(language),
    )
    if not _write(notice):
        return False
    delivery.send_out(notice)
    return True


def tell_workshop(
    *, workshop: Workshop, rights: Iterable[Right], kind: str, key: str, values: Mapping[str, Any], url: str = "", but=None
) -> int:
    """Tell every member whose task it is (owners have all tasks), except the user ``but``. Answers how many were new.

    Who chose no language reads the workshop's.
    """
    wanted = set(rights)
    rows = Member.objects.filter(workshop=workshop, user__is_active=True).select_related("user").order_by("pk")
    people = [row.user for row in rows if any(row.may(right) for right in wanted) and row.user != but]
    language = workshop.source_language
    told = [tell(user=user, kind=kind, key=key, values=values, url=url, language=language) for user in people]
    return sum(told)


def _write(notice: Notice) -> bool:
    """False when it is there already, also when another process writes it in this moment."""
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    kept = Notice.objects.filter(key=notice.key).values_list("pk", "made_at").get()
    notice.pk = kept[0]
    return kept[1] == notice.made_at


def _short(contact: Contact) -> str:
    """Tells contacts apart without naming them."""
    return delivery.digest_of(contact.value)

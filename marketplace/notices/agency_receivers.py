"""What partnerships announces, told to the people of the agency whose part it is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from marketplace import signals
from marketplace.notices.contacts import EMAIL, Contact, contacts_of
from marketplace.notices.people import name_of
from marketplace.notices.services import tell, tell_contact
from marketplace.partnerships.models import Agency, AgencyHost, Part, Seat, SeatInvitation, WordsAsked


def tell_agency(
    *, agency: Agency, parts: Iterable[Part], kind: str, key: str, values: Mapping[str, Any], url: str = ""
) -> list:
    """Tell every person whose part it is (owners have all); who chose no language reads the agency's. Answers whom."""
    rows = Seat.objects.filter(agency=agency, user__is_active=True).select_related("user").order_by("pk")
    people = [row.user for row in rows if any(row.may(part) for part in parts)]
    for user in people:
        tell(user=user, kind=kind, key=key, values=values, url=url, language=agency.language)
    return people


@receiver(signals.agency_applied, dispatch_uid="marketplace.notices.agency_applied")
def applied(sender, agency: Agency, **kwargs) -> None:
    key = f"{agency.pk}:{agency.applied_at.isoformat()}"
    values = {"agency": agency.name}
    tell_agency(agency=agency, parts=[Part.OWN], kind="agency_applied", key=key, values=values, url=_desk(agency))


@receiver(signals.agency_decided, dispatch_uid="marketplace.notices.agency_decided")
def decided(sender, agency: Agency, **kwargs) -> None:
    """Its owners; and its contact, where that is nobody of them."""
    values = {"agency": agency.name, "stage": agency.stage, "reason": agency.reason, "words": agency.words}
    how = {"kind": "agency_decided", "key": f"{agency.pk}:{agency.decided_at.isoformat()}", "values": values}
    people = tell_agency(agency=agency, parts=[Part.OWN], url=_desk(agency), **how)
    contact = Contact(EMAIL, agency.contact_email.lower())
    if contact.value and not any(contact in contacts_of(user) for user in people):
        tell_contact(contact=contact, language=agency.language, url=_desk(agency), **how)


@receiver(signals.seat_offered, dispatch_uid="marketplace.notices.seat_offered")
def offered(sender, invitation: SeatInvitation, token: str, **kwargs) -> None:
    by = invitation.invited_by
    named = by is not None and by.agency_seats.filter(agency=invitation.agency).exists()
    tell_contact(
        contact=Contact(EMAIL, invitation.email),
        language=invitation.language,
        kind="seat_offered",
        key=str(invitation.pk),
        values={"agency": invitation.agency.name, "by": name_of(by) if named else invitation.agency.name},
        url=f"/agency/join/{token}/",
    )


@receiver(signals.seat_removed, dispatch_uid="marketplace.notices.seat_removed")
def removed(sender, agency: Agency, user, seat: int, **kwargs) -> None:
    tell(user=user, kind="seat_removed", key=str(seat), values={"agency": agency.name}, language=agency.language)


@receiver(signals.agency_host_missing, dispatch_uid="marketplace.notices.agency_host_missing")
def site_missing(sender, host: AgencyHost, ends_at: datetime | None, **kwargs) -> None:
    since = host.missing_since.isoformat() if host.missing_since else host.looked_at.isoformat()
    tell_agency(
        agency=host.agency,
        parts=[Part.EDIT],
        kind="agency_site_missing",
        key=f"{host.pk}:{since}:{'' if ends_at else 'ended'}",
        values={"agency": host.agency.name, "host": host.host, "ends": ends_at.date().isoformat() if ends_at else ""},
        url=f"{_desk(host.agency)}sites/{host.pk}/",
    )


@receiver(signals.words_there, dispatch_uid="marketplace.notices.words_there")
def there(sender, wishes: Sequence[WordsAsked], **kwargs) -> None:
    agency = wishes[0].agency
    tell_agency(
        agency=agency,
        parts=[Part.EDIT],
        kind="words_there",
        key="-".join(str(row.pk) for row in wishes[:8]),
        values={"agency": agency.name, "number": len(wishes)},
        url=_desk(agency),
    )


def _desk(agency: Agency) -> str:
    """The first page of its desk, without host and language."""
    return f"/agency/{agency.code}/"

"""How a person is reached and lets herself in, changed by herself; and what stops a thief who does it in her name.

A new e-mail or telephone counts as soon as a code showed that it is hers. Every contact from before is told at once, with
a link that puts everything back. It works for MARKETPLACE_CONTACT_CHANGE_HOURS, and for as long nothing is paid to a payee
that was entered around the change (marketplace/payments/payouts/pauses.py).
"""

import hashlib
import secrets
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.notices.contacts import EMAIL, Contact, contacts_of, owner_of
from marketplace.notices.models import ContactPoint
from marketplace.notices.people import name_of
from marketplace.notices.services import tell, tell_contact, tell_workshop
from marketplace.notices.words import Values, Words, notice
from marketplace.partnerships.models import Part
from marketplace.payments import attention, audit
from marketplace.payments.models import ContactChange, Payee
from marketplace.payments.payouts.payees import withdraw_waiting
from marketplace.workshops.models import Right

User = get_user_model()
# As short as a link in an SMS has to be.
TOKEN_BYTES = 16

audit.add_action("marketplace.contact_changed", gettext_lazy("Changed how a person is reached"))
audit.add_action("marketplace.contact_stopped", gettext_lazy("Put back how a person is reached"))
audit.add_action("marketplace.password_changed", gettext_lazy("Changed a password"))
audit.add_action("marketplace.sessions_ended", gettext_lazy("Signed out everywhere"))
attention.describe(
    "contact_stopped",
    happened=gettext_lazy("Somebody changed the e-mail or telephone of account %(account)s, and its owner put it back."),
    advice=gettext_lazy(
        "The account may have been in wrong hands. Ask its owner by a way that you know from before. Look at what was changed "
        "meanwhile: payees, members, pieces."
    ),
)


class CannotChange(Exception):
    """Nothing was written; ``str`` is for the person."""


@notice("contact_replaced", urgent=True, everywhere=True)
def contact_replaced(values: Values) -> Words:
    """To each contact from before, with the link that stops it."""
    hours = {"hours": settings.MARKETPLACE_CONTACT_CHANGE_HOURS}
    return Words(
        _("Your account can now be reached at %(contact)s. Not you? Stop it here:") % values,
        _(
            "Somebody gave your account a new address: %(contact)s. If it was you, do nothing. If it was not, follow the link "
            "within %(hours)s hours. Then everything is put back, and whoever is signed in is signed out."
        )
        % (dict(values) | hours),
        _("Your account was changed"),
        # The new address may be long: what the link is for must not be cut off for it.
        sms=_("Your account has a new address. If this was not you:"),
    )


@transaction.atomic
def change_contact(*, user, contact: Contact, language: str) -> ContactChange | None:
    """``contact`` takes the place of the one of its kind. Call it after a code was right. None: it was hers already.

    Raises CannotChange where it belongs to another account.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    contact = Contact(*contact)
    owner = owner_of(contact)
    if owner is not None and owner != user:
        raise CannotChange(_("This belongs to another account. Please sign in there, or give another one."))
    before = contacts_of(user)
    if contact in before:
        return None
    old = next((row for row in before if row.kind == contact.kind), None)
    _replace(user, contact.kind, contact)
    token, now = secrets.token_urlsafe(TOKEN_BYTES), timezone.now()
    row = ContactChange.objects.create(
        user=user,
        kind=contact.kind,
        old=old.value if old else "",
        new=contact.value,
        made_at=now,
        until=now + timedelta(hours=settings.MARKETPLACE_CONTACT_CHANGE_HOURS),
        stop_hash=_hash(token),
    )
    audit.record(action="marketplace.contact_changed", instance=user, by=user, details={"kind": row.kind, "change": row.pk})
    for told in before:
        tell_contact(
            contact=told,
            language=language,
            kind="contact_replaced",
            key=f"change-{row.pk}",
            values={"contact": contact.masked},
            url=f"/account/stop/{token}/",
        )
    return row


def _replace(user, kind: str, new: Contact | None) -> None:
    """``new`` None: the account has none of this kind any more."""
    ContactPoint.objects.filter(user=user, kind=kind).delete()
    if new is not None:
        ContactPoint.objects.create(user=user, kind=kind, value=new.value, verified_at=timezone.now())
    if kind != EMAIL:
        return
    value = new.value if new else ""
    # Whoever signed up by e-mail has it as the name to sign in with.
    if "@" in user.username or not user.username:
        taken = User.objects.filter(username__iexact=value).exclude(pk=user.pk).exists()
        user.username = value if value and not taken else f"account-{secrets.token_hex(10)}"
    user.email = value
    user.save(update_fields=["email", "username"])


def find_change(token: str) -> ContactChange | None:
    """The change that this link can still stop."""
    rows = ContactChange.objects.filter(stop_hash=_hash(token), stopped_at=None, until__gt=timezone.now())
    return rows.select_related("user").first()


@transaction.atomic
def stop_change(*, token: str) -> ContactChange | None:
    """Put back this change and all that came after it, end all sessions, take back payees that wait, call the staff.

    The password is no longer any: she sets a new one by the way back to her account. None: the link stops nothing.
    """
    row = find_change(token)
    if row is None:
        return None
    user = User.objects.select_for_update().get(pk=row.user_id)
    later = ContactChange.objects.select_for_update().filter(user=user, stopped_at=None, made_at__gte=row.made_at)
    for change in later.order_by("-made_at", "-pk"):
        _put_back(user, change)
        change.stopped_at = timezone.now()
        change.save(update_fields=["stopped_at"])
    if user.has_usable_password():
        user.set_password(secrets.token_urlsafe(TOKEN_BYTES))
    else:
        user.set_unusable_password()
    user.save(update_fields=["password"])
    around = row.made_at - timedelta(hours=settings.MARKETPLACE_CONTACT_CHANGE_HOURS)
    withdraw_waiting(entered_by=user, since=around)
    audit.record(action="marketplace.contact_stopped", instance=user, details={"kind": row.kind, "change": row.pk})
    attention.call(kind="contact_stopped", key=f"contact-change:{row.pk}", details={"account": user.pk})
    return row


def _put_back(user, change: ContactChange) -> None:
    old = Contact(change.kind, change.old) if change.old else None
    if old is not None and owner_of(old) not in (None, user):
        # Meanwhile somebody else has shown that it is hers.
        old = None
    _replace(user, change.kind, old)


@transaction.atomic
def change_password(*, user, password: str) -> None:
    """``password`` was judged by the validators before. All sessions of hers end; she is told."""
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(action="marketplace.password_changed", instance=user, by=user)
    tell(user=user, kind="password_changed", key=uuid4().hex, values={})


@transaction.atomic
def end_sessions(*, user, password: str) -> None:
    """All sessions end, because the password's hash is another. ``password``: the one she has, checked before; it stays."""
    if user.has_usable_password():
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save(update_fields=["password"])
    audit.record(action="marketplace.sessions_ended", instance=user, by=user)


def tell_of_payee(row: Payee) -> None:
    """To the owners and book-keepers, at each of their addresses, also those that were changed lately."""
    holder = row.holder
    values = {
        "workshop": str(holder.owner),
        "by": name_of(row.entered_by),
        "ending": row.masked[-4:].strip("• "),
    }
    told = {"kind": "payout_account_changed", "key": f"payee-{row.pk}", "values": values}
    if row.agency_id:
        for seat in row.agency.seats.filter(user__is_active=True).select_related("user").order_by("pk"):
            if seat.may(Part.BOOKS):
                tell(user=seat.user, url=f"/agency/{row.agency.code}/money/", language=holder.language, **told)
    else:
        url = f"/desk/{row.workshop.slug}/earnings/"
        tell_workshop(workshop=row.workshop, rights=[Right.BOOKS], url=url, **told)
    owners = holder.people.filter(is_owner=True).values("user")
    for change in ContactChange.objects.filter(user__in=owners, until__gt=timezone.now()).exclude(old=""):
        old = Contact(change.kind, change.old)
        tell_contact(contact=old, language=holder.language, **told)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

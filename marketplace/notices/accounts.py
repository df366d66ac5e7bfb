"""The account that belongs to a contact which somebody has just shown to be hers."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from marketplace.notices.contacts import EMAIL, Contact, owner_of
from marketplace.notices.models import ContactPoint, Preference

User = get_user_model()


class NeedsPassword(Exception):
    """This account is signed in to with its password only: it is staff's, or was switched off."""


@dataclass(frozen=True)
class Wishes:
    """What a newcomer said. ``password``: as Django keeps it; empty: she signs in with codes. ``language``: of the page."""

    name: str = ""
    password: str = ""
    language: str = ""


def account_of(*, contact: Contact, wishes: Wishes = Wishes()) -> tuple[User, bool]:
    """(user, new): whose contact this is, from now on for certain; a new account where it was nobody's.

    Call it after a code was right, never before. ``wishes`` change nothing of an account that was there. Raises
    NeedsPassword.
    """
    contact = Contact(*contact)
    for last in (False, True):
        try:
            with transaction.atomic():
                return _account_of(contact, wishes)
        except IntegrityError:
            # Two browsers in the same moment; the second time the account is there.
            if last:
                raise
    raise AssertionError


def _account_of(contact: Contact, wishes: Wishes) -> tuple[User, bool]:
    user = owner_of(contact)
    new = user is None
    if user is None:
        user = _make(contact, wishes)
    elif user.is_staff or not user.is_active:
        raise NeedsPassword
    point, _made = ContactPoint.objects.get_or_create(user=user, kind=contact.kind, value=contact.value)
    if point.verified_at is None:
        point.verified_at = timezone.now()
        point.save(update_fields=["verified_at"])
    return user, new


def _make(contact: Contact, wishes: Wishes) -> User:
    email = contact.value if contact.kind == EMAIL else ""
    user = User(username=email or f"phone-{get_random_string(20)}", email=email, first_name=wishes.name)
    if wishes.password:
        user.password = wishes.password
    else:
        user.set_unusable_password()
    user.save()
    if wishes.language:
        Preference.objects.create(user=user, language=wishes.language)
    return user

"""Telephone numbers and e-mail addresses: read as people type them, shown in part, found again."""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import quote

import phonenumbers
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from marketplace.economies.phones import NotAPhone, to_e164
from marketplace.notices.models import ContactKind, ContactPoint

User = get_user_model()
EMAIL, PHONE = ContactKind.EMAIL, ContactKind.PHONE
LONGEST = 150
_is_email = EmailValidator()


class BadContact(ValueError):
    """Neither a telephone number nor an e-mail address. Its text says to the person what to do."""


class Contact(NamedTuple):
    """``kind``: "email" or "phone"; ``value`` as it is kept: lower case, or E.164."""

    kind: str
    value: str

    @property
    def masked(self) -> str:
        """Enough to know one's own by, too little to write to it."""
        if self.kind == PHONE:
            number = phonenumbers.parse(self.value)
            return f"+{number.country_code} ••• {self.value[-3:]}"
        name, _at, host = self.value.partition("@")
        return f"{name[:1]}•••@{host}"

    @property
    def href(self) -> str:
        """To call her or write to her."""
        return f"tel:{self.value}" if self.kind == PHONE else f"mailto:{quote(self.value, safe='@')}"

    @property
    def kind_name(self) -> str:
        return str(ContactKind(self.kind).label)


def normalise(text: str, economy: str = "") -> Contact:
    """What was typed as (kind, value). A number without + is read as one of ``economy``, its digits in any script.

    Raises BadContact.
    """
    text = unicodedata.normalize("NFKC", text or "").strip()
    if not text:
        raise BadContact(_("Please give your telephone number or your e-mail address."))
    if "@" in text:
        return Contact(EMAIL.value, _email(text))
    return Contact(PHONE.value, _phone(text, economy))


def _email(text: str) -> str:
    value = text.lower()
    try:
        _is_email(value)
    except ValidationError:
        raise BadContact(_("This e-mail address is not complete. It looks like name@example.com.")) from None
    if len(value) > LONGEST:
        raise BadContact(_("This e-mail address is too long."))
    return value


def _phone(text: str, economy: str) -> str:
    text = _plain_digits(text)
    if re.search(r"[^\W\d_]", text):
        raise BadContact(_("Please give your telephone number or your e-mail address."))
    number = to_e164(text, economy)
    if isinstance(number, NotAPhone) and not text.startswith("+"):
        # People leave out the plus, or write it as 00.
        digits = re.sub(r"^00", "", re.sub(r"\D", "", text))
        number = with_plus if not isinstance(with_plus := to_e164(f"+{digits}", ""), NotAPhone) else number
    if isinstance(number, NotAPhone):
        raise BadContact(number.reason)
    return number


def _plain_digits(text: str) -> str:
    return "".join(str(unicodedata.digit(sign, sign)) for sign in text)


def owner_of(contact: Contact):
    """The user whose contact this is, active or not; None. A contact that was shown to be hers goes before one that was not."""
    point = ContactPoint.objects.filter(kind=contact.kind, value=contact.value, verified_at__isnull=False)
    if found := point.select_related("user").first():
        return found.user
    if contact.kind != EMAIL:
        return None
    named = User.objects.filter(email__iexact=contact.value).order_by("pk")[:10]
    # For the database "ı" may be an "i" without its dot; for a mail server it is another person.
    named = [user for user in named if user.email.lower() == contact.value]
    # An address that two accounts name and nobody confirmed is nobody's.
    return named[0] if len(named) == 1 else None


def contacts_of(user) -> list[Contact]:
    """Where ``user`` can be reached, e-mail first. The address of the account counts unless somebody else proved it hers."""
    rows = ContactPoint.objects.filter(user=user, verified_at__isnull=False).order_by("kind", "pk")
    found = [Contact(row.kind, row.value) for row in rows]
    own = Contact(EMAIL.value, user.email.lower())
    if user.email and own not in found and not _is_anothers(own, user):
        found.insert(0, own)
    return found


def _is_anothers(contact: Contact, user) -> bool:
    rows = ContactPoint.objects.filter(kind=contact.kind, value=contact.value, verified_at__isnull=False)
    return rows.exclude(user=user).exists()

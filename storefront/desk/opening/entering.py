"""Signing in or up by a code: whoever can read it has the telephone or the mailbox in her hand.

The session keeps where she is: ``economy``, the contact, the ticket of the code, and where she goes afterwards.
"""

import time
from dataclasses import dataclass

from django.contrib.auth import login
from django.http import HttpRequest
from django.urls import reverse

from marketplace.notices import codes
from marketplace.notices.accounts import NeedsPassword, Wishes, account_of
from marketplace.notices.contacts import Contact
from marketplace.notices.models import LoginCode
from storefront.desk import again
from storefront.security import address_of

__all__ = ["NeedsPassword", "Way", "after", "enter", "forget", "keep", "send", "way_of"]
KEPT = "opening"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Way:
    """What this browser has told so far. ``then``: the address after signing in; "" leads to the questions."""

    economy: str = ""
    kind: str = ""
    contact: str = ""
    ticket: str = ""
    then: str = ""

    @property
    def sent_to(self) -> Contact | None:
        return Contact(self.kind, self.contact) if self.contact else None


def way_of(request: HttpRequest) -> Way:
    kept = request.session.get(KEPT)
    known = {name: kept[name] for name in Way.__dataclass_fields__ if name in kept} if isinstance(kept, dict) else {}
    return Way(**known)


def keep(request: HttpRequest, **changes: str) -> Way:
    """Remember more of her way, across closing the browser."""
    way = Way(**(vars(way_of(request)) | changes))
    request.session[KEPT] = vars(way)
    return way


def forget(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)


def send(request: HttpRequest, contact: Contact) -> None:
    """The same for known and unknown contacts. Raises codes.TooMany."""
    ticket = codes.send_code(
        contact=contact, purpose=LoginCode.Purpose.SIGN_IN, language=request.LANGUAGE_CODE, sender=address_of(request)
    )
    keep(request, kind=str(contact.kind), contact=contact.value, ticket=ticket)


def enter(request: HttpRequest, code: str) -> bool:
    """Sign her in where ``code`` is right; who has no account gets one. Raises codes.TooMany, NeedsPassword."""
    way = way_of(request)
    right = way.sent_to is not None and codes.check_code(
        contact=way.sent_to,
        purpose=LoginCode.Purpose.SIGN_IN,
        code=code,
        ticket=way.ticket,
        sender=address_of(request),
    )
    if not right:
        return False
    user, _new = account_of(contact=way.sent_to, wishes=Wishes(language=request.LANGUAGE_CODE))
    login(request, user, backend=BACKEND)
    # She has just shown that it is she.
    request.session[again.KEPT] = {"user": user.pk, "at": int(time.time())}
    keep(request, kind="", contact="", ticket="")
    return True


def after(way: Way) -> str:
    return way.then or reverse("desk:open-group")

"""Signing in with an e-mail address, a telephone number or a name, and a password."""

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.views.decorators.debug import sensitive_variables

from marketplace.notices.contacts import BadContact, normalise, owner_of

LONGEST = 254
User = get_user_model()


class ContactBackend(ModelBackend):
    """Whatever is typed, one password is worked out: known and unknown take the same time. A wrong one ends the search, so
    that no further backend works out another.
    """

    @sensitive_variables("password")
    def authenticate(self, request, username=None, password=None, **kwargs):
        typed = username if username is not None else kwargs.get(User.USERNAME_FIELD)
        if not isinstance(typed, str) or not isinstance(password, str):
            return None
        user = _named(typed.strip())
        # A user who does not exist has a password that nobody can give; checking it takes as long as any other.
        right = (user or User(password="!")).check_password(password)
        if user is None or not right or not self.user_can_authenticate(user):
            raise PermissionDenied
        return user


def _named(typed: str):
    if not typed or len(typed) > LONGEST or "\0" in typed:
        return None
    if found := User.objects.filter(username=typed).first():
        return found
    try:
        return owner_of(normalise(typed))
    except BadContact:
        return None

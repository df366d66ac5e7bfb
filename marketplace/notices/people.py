"""What a person is called where others read of her. The name that her account has inside is never shown."""

from django.utils.translation import gettext as _

from marketplace.notices.contacts import contacts_of


def name_of(user) -> str:
    """Her name; else enough of her e-mail or telephone to be known by; empty for nobody."""
    if user is None:
        return ""
    if name := user.get_full_name().strip():
        return name
    known = next(iter(contacts_of(user)), None)
    return known.masked if known else _("Without a name")

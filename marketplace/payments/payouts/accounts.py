"""What people write as their account: made uniform, checked where a check digit exists, masked for screens."""

import re

from django.utils.translation import gettext as _

from marketplace.payments.payouts.errors import BadPayee

IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
BANK_ACCOUNT = re.compile(r"[A-Z0-9]+")
SHORTEST, LONGEST = 4, 34
PHONE = re.compile(r"\+[1-9]\d{6,14}")
CONNECTED = re.compile(r"acct_[A-Za-z0-9]{6,40}")


def bank_account(text: str) -> str:
    """4 to 34 letters and digits (ISO 13616), without blanks, dots and hyphens. An IBAN's check digits must fit.

    Raises BadPayee.
    """
    account = re.sub(r"[\s.\-/]", "", text).upper()
    if not (account.isascii() and BANK_ACCOUNT.fullmatch(account)):
        raise BadPayee("account", _("Please write the account number with its digits and letters only."))
    if len(account) < SHORTEST:
        raise BadPayee("account", _("This account number is too short."))
    if len(account) > LONGEST:
        raise BadPayee("account", _("This account number is too long."))
    if IBAN.fullmatch(account) and not _iban_fits(account):
        raise BadPayee("account", _("This account number has a slip: its check digits do not fit."))
    return account


def _iban_fits(account: str) -> bool:
    """ISO 7064 MOD 97-10."""
    turned = account[4:] + account[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def phone(text: str) -> str:
    """A telephone number as E.164 has it: plus, economy, number. Raises BadPayee."""
    number = re.sub(r"[\s.\-()]", "", text)
    if not (number.isascii() and PHONE.fullmatch(number)):
        raise BadPayee("account", _("Please write the number with plus and the economy's code, such as +84 912 345 678."))
    return number


def connected(text: str) -> str:
    """A connected account at Stripe. Raises BadPayee."""
    account = text.strip()
    if not CONNECTED.fullmatch(account):
        raise BadPayee("account", _("The number of a Stripe account begins with acct_."))
    return account


def mask(account: str) -> str:
    """The last four signs, of short ones fewer: "•••• 4821"."""
    shown = account[-min(4, len(account) // 2) :] if len(account) > 1 else ""
    return f"•••• {shown}".strip() if account else ""

"""Takes out of a text what a log must not hold: addresses, numbers and keys that belong to somebody."""

import re

# Each stands for what it hides, so that a log still says what was there.
RULES: tuple[tuple[str, re.Pattern], ...] = (
    # PostgreSQL quotes whole rows in the details of an error.
    (
        "DETAIL:  [row]",
        re.compile(r"DETAIL:.*?(?=\n(?:HINT|CONTEXT|STATEMENT):|\n\n(?:The above|During)|\Z)", re.DOTALL),
    ),
    # A hosted payment page can be opened by whoever knows its session; the end tells it from others.
    (r"[session \1]", re.compile(r"\bcs_(?:live|test)_\w*?(\w{1,6})\b(?:#\S*)?")),
    # Django's session keys: 32 letters and digits, unlike a digest not hexadecimal.
    ("[session]", re.compile(r"(?<!\w)(?=[0-9a-z]*[g-z])[0-9a-z]{32}(?!\w)")),
    # Stripe's secret, restricted, publishable and webhook keys; client secrets of payments.
    ("[key]", re.compile(r"\b(?:sk|rk|pk)_(?:live|test)_\w+|\bwhsec_\w+|\b\w{2,8}_\w+_secret_\w+")),
    ("[key]", re.compile(r"(?i)\bbearer\s+[\w.~+/=-]{8,}")),
    # user:password@host of a database, a mail server, Redis.
    ("//[login]@", re.compile(r"//[^\s/@:\"']*:[^\s/@\"']+@")),
    # Name=value of cookies, tokens and passwords, in headers, forms, queries, dicts and JSON.
    (
        r"\1[secret]",
        re.compile(
            r"(?i)(\b(?:[\w-]*sessionid|[\w-]*session|[\w-]*csrf\w*|password\d?|passwd|secret|token|api_?key|authorization)"
            r"[\"']?\s*[=:]\s*[\"']?)(?!cs_)[^\s\"',;&}]{6,}"
        ),
    ),
    ("[e-mail]", re.compile(r"[^\s@<>\"'(),:;=\[\]{}]+@[^\s@<>\"'(),:;=\[\]{}]+\.[^\s@<>\"'(),:;=\[\]{}.]+")),
    # E.164 and how people write it: a plus and 7 to 15 digits in groups.
    ("[phone]", re.compile(r"\+(?:[\s().-]*\d){7,15}(?!\d)")),
)
# 13 to 19 digits in groups, as on a card (ISO/IEC 7812); the check digit tells it from an id or a time.
CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")
# A telephone number in its economy's own style: a zero, and groups.
LOCAL_PHONE = re.compile(r"(?<![\w.:/-])\(?0\d{1,4}\)?[\s-]\d{1,4}(?:[\s-]\d{2,4}){1,2}(?![\w-])")


def mask(text: str) -> str:
    """``text`` without e-mail addresses, telephone and card numbers, keys, tokens, passwords and session ids."""
    for shown, pattern in RULES:
        text = pattern.sub(shown, text)
    text = CARD.sub(_card, text)
    return LOCAL_PHONE.sub("[phone]", text)


def _card(found: re.Match) -> str:
    digits = [int(sign) for sign in found[0] if sign.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return found[0] if sum(doubled) % 10 else "[card]"

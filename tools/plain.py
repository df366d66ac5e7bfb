"""How plainly the desk speaks: ``python -m tools.plain`` prints every maker's string that is too hard to read.

A first-time seller reads these words on a phone, many in translation: what is plain in English is translated plainly.
A sentence has at most LONGEST words; every word stands in docs/plain-words.txt or in the README's glossary, in any of
its common forms. Ends with 1 when something is found. ``words`` prints the words that are not known, with one use each.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache

from tools.messages import PLACEHOLDER, ROOT, TAG, collect

# Where words stand that makers read: folders that are theirs but for STAFF, and files of other parts that speak to them.
MAKERS = (
    "storefront/desk/",
    "storefront/templates/storefront/desk/",
    "storefront/templates/storefront/account/",
    "marketplace/workshops/",
    "marketplace/bulk/",
    "marketplace/notices/",
)
STAFF = (
    *("wagtail_hooks.py", "staff_forms.py", "staff_visits.py", "deciding.py", "apps.py", "/models/", "models.py"),
    "members_panel.html",
)
MAKERS_TOO = (
    "marketplace/workshops/models/members.py",
    "marketplace/workshops/models/officers.py",
    *(f"marketplace/fulfilment/{name}.py" for name in ("conversations", "deadlines", "dispatch", "parcels", "photos")),
    *(f"marketplace/fulfilment/{name}.py" for name in ("phrases", "s10", "services", "weights")),
    "marketplace/payments/maker_words.py",
    "marketplace/payments/templates/marketplace/payments/mail_workshop",
    *(f"marketplace/payments/payouts/{name}.py" for name in ("accounts", "balances", "bank_file", "cash", "cooperative")),
    *(f"marketplace/payments/payouts/{name}.py" for name in ("member_shares", "mobile", "open_money", "payees")),
    *(f"marketplace/payments/payouts/{name}.py" for name in ("statement_files", "statements", "stripe_transfer", "words")),
    *(f"marketplace/trade/{name}.py" for name in ("descriptions", "needs", "readiness", "readiness_services")),
    "storefront/account",
    "storefront/checkout/message",
    "storefront/listing/shares.py",
    "storefront/push/",
    "storefront/signing_in.py",
    "storefront/sounds/",
    "storefront/templates/storefront/components/field.html",
    "storefront/templates/storefront/components/form_errors.html",
    "storefront/templates/storefront/components/voice.html",
    "storefront/templates/storefront/order/messages.html",
    "storefront/upload",
)
LONGEST = 20
PLAIN = ROOT / "docs" / "plain-words.txt"
WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
# Addresses that show how one looks.
EXAMPLE = re.compile(r"\S+@\S+")
# Endings of the common forms of a word, the longest first, and what may stand for them.
ENDINGS = (
    *(("iest", "y"), ("ying", "ie"), ("ies", "y"), ("ied", "y"), ("ier", "y"), ("ing", "e"), ("ing", ""), ("est", "e")),
    *(("est", ""), ("n't", ""), ("n’t", ""), ("es", ""), ("ed", "e"), ("ed", ""), ("er", "e"), ("er", ""), ("ly", "")),
    *(("'s", ""), ("’s", ""), ("s", "")),
)


def main(arguments: list[str]) -> int:
    found = list(unknown_words()) if arguments == ["words"] else list(findings())
    print("\n".join(found) or "Every maker's string is plain.")
    return 1 if found else 0


def findings() -> Iterator[str]:
    """A line for each sentence that is too long and each word that is not plain."""
    for text, place in maker_strings():
        yield from (f"{place}: {problem}: {text}" for problem in problems(text))


def problems(text: str) -> list[str]:
    """What is hard to read in one message."""
    found = []
    for sentence in SENTENCE.split(bare(text)):
        words = WORD.findall(sentence)
        if len(words) > LONGEST:
            found.append(f"{len(words)} words in a sentence")
        found += [f"“{word}” is not a plain word" for word in words if not is_plain(word)]
    return found


def maker_strings() -> Iterator[tuple[str, str]]:
    """(English text, where it stands) of everything that a maker may read on her desk or in a message."""
    for message in collect():
        places = [name for name, _line in message.locations if is_makers(name)]
        if message.id and places:
            texts = message.id if isinstance(message.id, tuple) else (message.id,)
            yield from ((text, places[0]) for text in texts)


def is_makers(name: str) -> bool:
    """Whether makers read the words of the file ``name``, a path below ROOT."""
    return name.startswith(MAKERS_TOO) or (name.startswith(MAKERS) and not any(part in name for part in STAFF))


def bare(text: str) -> str:
    """Without placeholders, markup and addresses."""
    return EXAMPLE.sub(" ", TAG.sub(" ", PLACEHOLDER.sub(" 0 ", text)))


@cache
def is_plain(word: str) -> bool:
    """Whether the word, or what it is a form of, is known. One letter and capitals (HS, CSV) are names."""
    low = word.lower()
    if len(word) == 1 or word.isupper() or low in plain_words():
        return True
    stems = (low.removesuffix(ending) + put for ending, put in ENDINGS if low.endswith(ending))
    return any(stem in plain_words() or _undoubled(stem) in plain_words() for stem in stems)


def _undoubled(stem: str) -> str:
    """ "stopp" of "stopped" is "stop"."""
    return stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem


@cache
def plain_words() -> frozenset[str]:
    listed = WORD.findall(re.sub(r"(?m)#.*$", "", PLAIN.read_text(encoding="utf-8")))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    glossary = re.findall(r"(?m)^\| ([a-z ]+) \| ", readme.partition("## Glossary")[2])
    return frozenset(word.lower() for word in (*listed, *" ".join(glossary).split()))


def unknown_words() -> Iterator[str]:
    seen: dict[str, str] = {}
    for text, place in maker_strings():
        for word in WORD.findall(bare(text)):
            if not is_plain(word):
                seen.setdefault(word.lower(), f"{place}: {text[:90]}")
    yield from (f"{word}\t{use}" for word, use in sorted(seen.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

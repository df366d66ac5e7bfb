"""For a shop without an SMS gateway: nothing is sent, and staff hear of every message that should have been."""

from marketplace.notices.backends import SmsRefused


class NoSms:
    def send(self, *, to: str, text: str, key: str) -> None:
        raise SmsRefused("this shop has no SMS gateway (docs/notices.md)")

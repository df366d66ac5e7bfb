"""Posts an SMS as JSON to a gateway's address: most services take it, for the others a small one stands between."""

from collections.abc import Mapping

import requests

from marketplace.notices.backends import SmsDown, SmsRefused

TOO_EARLY, TOO_MANY, TIMEOUT, CONFLICT = 425, 429, 408, 409


class HttpSms:
    """``url``: https (http only within one's own network); ``headers``: such as Authorization; ``names``: what the
    gateway calls our three fields; ``extra``: further fields, such as the sender's name; ``timeout`` in seconds.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
        timeout: float = 10,
    ) -> None:
        self.url, self.headers, self.extra, self.timeout = url, dict(headers or {}), dict(extra or {}), timeout
        self.names = {"to": "to", "text": "text", "key": "key"} | dict(names or {})

    def send(self, *, to: str, text: str, key: str) -> None:
        said = {"to": to, "text": text, "key": key}
        body = self.extra | {self.names[name]: value for name, value in said.items()}
        try:
            # The answer's body is not read: nothing in it matters, and it may have no end.
            with requests.post(
                self.url,
                json=body,
                headers={"Idempotency-Key": key} | self.headers,
                timeout=self.timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status = answer.status_code
        except requests.RequestException as problem:
            raise SmsDown(f"the SMS gateway did not answer ({type(problem).__name__})") from None
        if status >= 500 or status in (TOO_EARLY, TOO_MANY, TIMEOUT, CONFLICT):
            raise SmsDown(f"the SMS gateway answered {status}")
        if not 200 <= status < 300:
            raise SmsRefused(f"the SMS gateway answered {status}")

"""What can come of asking, besides an answer."""


# The code of a refusal: something else was asked for under this key before.
KEY_REUSED = "key_reused"


class GatewayDown(Exception):
    """The payment service did not answer in time, or said that it cannot now. Nothing is known to have happened."""


class GatewayRefused(Exception):
    """A definite no. ``code`` is the service's own word (such as "charge_already_refunded"), "key_reused" or
    "not_found"; ``sentence`` tells staff, in their language, what it means and what to do.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code, self.sentence = code, sentence


class BadEvent(Exception):
    """A message that does not come from the payment service, or cannot be read."""

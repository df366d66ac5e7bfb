"""Agencies: who they are, who works there, where they show cards, what was counted and asked."""

from marketplace.partnerships.models.agencies import Agency, AgencyTerms
from marketplace.partnerships.models.api_keys import ApiKey
from marketplace.partnerships.models.counts import CardCount, WordsAsked
from marketplace.partnerships.models.hosts import AgencyHost
from marketplace.partnerships.models.seats import Part, Seat, SeatInvitation

__all__ = [
    "Agency",
    "AgencyHost",
    "AgencyTerms",
    "ApiKey",
    "CardCount",
    "Part",
    "Seat",
    "SeatInvitation",
    "WordsAsked",
]

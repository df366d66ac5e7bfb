"""What the kit announces to strangers. Inside the kit a service calls a service."""

from django.dispatch import Signal

#: Sent once, after the commit, when an order is paid. Arguments: ``payment``. Not sent again by a repeated webhook.
order_paid = Signal()

#: Sent once, after the commit, when an unpaid order's reservation ran out. Arguments: ``payment``.
order_expired = Signal()

#: Sent once, after the commit, when a maker marks a consignment sent. Arguments: ``consignment``.
consignment_sent = Signal()

#: Sent when an order is placed, in its transaction. Arguments: ``records``, its stock rows: locked, and with
#: ``num_allocated`` as it is now.
stock_held = Signal()

#: Sent when a paid consignment waits to be packed, in the transaction of its outgoing message. Arguments:
#: ``consignment``. Sent again only when a receiver raised: then nothing of the first time is left.
consignment_to_pack = Signal()

#: Sent when a consignment or a part of it must not be sent after all, unless its maker said so herself; like
#: ``consignment_to_pack``. Arguments: ``consignment``, ``lines`` (ids of order lines), ``whole``.
consignment_not_to_pack = Signal()

#: Sent when a payout is on its way to a workshop or an agency, in its transaction. Arguments: ``payout``.
payout_left = Signal()

#: Sent when a payout did not arrive or came back, and is owed again, in its transaction. Arguments: ``payout``.
payout_came_back = Signal()

#: Sent when a group has asked for a workshop, or answered what its officer asked, in its transaction. Arguments:
#: ``workshop``, which waits for an officer of its area.
workshop_applied = Signal()

#: Sent when a maker took back her consent to being listed by somebody else, in its transaction. Arguments: ``consent``.
consent_withdrawn = Signal()

#: Sent when pieces were written many at a time, which no model tells, in their transaction. Arguments: ``ids`` of the
#: pieces (never of variants).
pieces_changed = Signal()

#: Sent once, after the commit, when an import of pieces is done. Arguments: ``run`` (an ImportRun).
import_finished = Signal()

#: Sent when an agency has asked for a place, also again after it was declined, in its transaction. Arguments: ``agency``.
agency_applied = Signal()

#: Sent when the shop opened, declined or closed an agency, in its transaction. Arguments: ``agency``.
agency_decided = Signal()

#: Sent when somebody was invited to work for an agency, in its transaction; not again where an invitation that waits was
#: changed. Arguments: ``invitation`` (a SeatInvitation), ``token`` (the secret part of its link).
seat_offered = Signal()

#: Sent when somebody else took a person's seat at an agency away, in its transaction. Arguments: ``agency``, ``user``,
#: ``seat`` (the number of the seat that was).
seat_removed = Signal()

#: Sent when words that an agency asked for are there, in its transaction. Arguments: ``wishes`` (of one agency).
words_there = Signal()

#: Sent when a proof of an agency's site was not found any more, in its transaction: first with the moment when it will
#: end, at the end with None. Arguments: ``host`` (an AgencyHost), ``ends_at``.
agency_host_missing = Signal()

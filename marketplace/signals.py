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

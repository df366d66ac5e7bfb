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

"""When a person's account is deleted: what of her stands in agencies goes with it, and what others see says so.

Her seats go with the account. An agency that loses its last owner stays as it is, earns and is paid: nobody becomes an
owner by chance. Staff find it on the admin's first page and invite an owner.
"""

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from wagtail.log_actions import log

from marketplace.partnerships import codes
from marketplace.partnerships.models import Agency, Seat, SeatInvitation
from marketplace.partnerships.seats import seats


@receiver(pre_delete, sender=get_user_model(), dispatch_uid="marketplace.partnerships.erasure")
def forget_person(sender, instance, **kwargs) -> None:
    """Her name and address leave invitations and agencies; what she offered others opens nothing any more."""
    for seat in Seat.objects.filter(user=instance).select_related("agency"):
        seats.withdraw_all(seat.agency, instance, None)
        data = {"seat": instance.pk, "parts": seat.parts, "erased": True}
        log(instance=seat.agency, action=seats.actions.removed, data=data)
    hers = Q(accepted_by=instance)
    if instance.email:
        hers |= Q(email__iexact=instance.email)
        Agency.objects.filter(contact_email__iexact=instance.email).update(contact_name="", contact_email="")
        codes.look_again()
    SeatInvitation.objects.filter(hers).update(name="", email="")

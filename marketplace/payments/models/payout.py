"""How workshops and agencies are paid: the terms per economy and route, where the money goes, and the payouts themselves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.payments.models.holder import EXACTLY_ONE, OfHolder

AMOUNT = {"max_digits": 14, "decimal_places": 2}


class PayoutTerms(models.Model):
    """What a route asks and promises in one economy; the row in force on a day counts. Nothing of it is in code."""

    class FeeBy(models.TextChoices):
        SHOP = "shop", _("The shop")
        WORKSHOP = "workshop", _("Who is paid")

    class Schedule(models.TextChoices):
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    economy = models.ForeignKey(
        "marketplace_economies.Economy", on_delete=models.PROTECT, related_name="+", verbose_name=_("economy")
    )
    route = models.CharField(_("route"), max_length=30)
    currency = models.CharField(_("currency"), max_length=3)
    enabled = models.BooleanField(_("enabled"), default=True)
    why_not = models.CharField(_("why not"), max_length=40, blank=True)
    # Economies of the shop's own account from which this route reaches; none: from everywhere.
    reached_from = models.JSONField(_("reached from"), default=list, blank=True)
    fee_fixed = models.DecimalField(_("fee per payout"), default=0, **AMOUNT)
    fee_percent = models.DecimalField(_("fee in percent"), max_digits=5, decimal_places=2, default=0)
    fee_by = models.CharField(_("who bears the fee"), max_length=8, choices=FeeBy.choices, default=FeeBy.SHOP)
    minimum = models.DecimalField(_("least payout"), default=0, **AMOUNT)
    step = models.DecimalField(_("amounts are multiples of"), **AMOUNT)
    hold_days = models.PositiveSmallIntegerField(_("days after delivery"))
    schedule = models.CharField(_("schedule"), max_length=8, choices=Schedule.choices)
    pay_day = models.PositiveSmallIntegerField(
        _("day"), help_text=_("Of the month (1 to 28), or of the week (1 is Monday).")
    )
    papers = models.JSONField(_("papers needed"), default=list, blank=True)
    effective_from = models.DateField(_("from"))
    effective_to = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=500)
    source_date = models.DateField(_("source read on"))
    review_by = models.DateField(_("review by"))

    class Meta:
        ordering = ["economy", "route", "currency", "-effective_from"]
        verbose_name = _("payout terms")
        verbose_name_plural = _("payout terms")
        constraints = [
            models.UniqueConstraint(
                fields=["economy", "route", "currency", "effective_from"], name="payoutterms_once"
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="payoutterms_dates",
            ),
            models.CheckConstraint(
                condition=Q(fee_fixed__gte=0) & Q(fee_percent__range=(0, 100)) & Q(minimum__gte=0) & Q(step__gt=0),
                name="payoutterms_amounts",
            ),
            models.CheckConstraint(
                condition=Q(schedule="weekly", pay_day__range=(1, 7))
                | Q(schedule="monthly", pay_day__range=(1, 28)),
                name="payoutterms_day_exists",
            ),
            models.CheckConstraint(
                condition=(Q(enabled=True) | ~Q(why_not="")) & ~Q(source=""), name="payoutterms_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.economy_id} {self.route} {self.currency}"


class Payee(OfHolder):
    """Where its money goes. A change is a new row, which counts when a second person has approved it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for approval")
        ACTIVE = "active", _("In use")
        REPLACED = "replaced", _("Replaced")
        REFUSED = "refused", _("Refused")

    route = models.CharField(_("route"), max_length=30)
    currency = models.CharField(_("currency"), max_length=3)
    holder_name = models.CharField(_("account holder"), max_length=140)
    bank = models.CharField(_("bank and branch"), max_length=140, blank=True)
    # Sealed by fulfilment.sealing; opened only into the file or the call that pays.
    sealed = models.TextField(editable=False, blank=True)
    masked = models.CharField(_("account"), max_length=40, editable=False, blank=True)
    through = models.ForeignKey(
        "marketplace_workshops.Workshop",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="paid_for",
        verbose_name=_("paid through"),
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["-entered_at", "-id"]
        verbose_name = _("payee")
        verbose_name_plural = _("payees")
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "currency"], condition=Q(state="active"), name="payee_one_in_use"
            ),
            models.UniqueConstraint(
                fields=["workshop", "currency"], condition=Q(state="waiting"), name="payee_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("entered_by")), name="payee_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("active", "refused")) | Q(decided_by__isnull=False),
                name="payee_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(through__isnull=True) | ~Q(through=F("workshop")), name="payee_not_through_itself"
            ),
            models.CheckConstraint(condition=EXACTLY_ONE, name="payee_of_one"),
            models.UniqueConstraint(
                fields=["agency", "currency"], condition=Q(state="active"), name="payee_one_in_use_of_agency"
            ),
            models.UniqueConstraint(
                fields=["agency", "currency"], condition=Q(state="waiting"), name="payee_one_waiting_of_agency"
            ),
            # Co-operatives hand money on to their workshops, not to agencies.
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(through__isnull=True), name="payee_of_agency_is_its_own"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder.code} {self.route} {self.masked}"


class PayoutBatch(models.Model):
    """Payouts of one route and currency that one person prepared and another approves."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("Waits for approval")
        APPROVED = "approved", _("Approved, on its way")
        SETTLED = "settled", _("Settled")
        CANCELLED = "cancelled", _("Called off")

    number = models.CharField(_("number"), max_length=20, unique=True)
    route = models.CharField(_("route"), max_length=30)
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PREPARED)
    # Amounts as of this moment: what came due later waits for the next batch.
    as_of = models.DateTimeField(_("due until"))
    # Nobody: prepared by the schedule.
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField(_("prepared"), auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    exported_at = models.DateTimeField(_("exported"), null=True, blank=True)
    file_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-prepared_at", "-id"]
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(prepared_by__isnull=True)
                | ~Q(approved_by=F("prepared_by")),
                name="payoutbatch_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("prepared", "cancelled"), approved_by__isnull=True)
                | Q(state__in=("approved", "settled"), approved_by__isnull=False),
                name="payoutbatch_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Payout(OfHolder):
    """What one workshop or agency gets in a batch: ``amount`` leaves what it is owed, ``amount - fee`` reaches it."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("Waits for approval")
        TRANSIT = "transit", _("On its way")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed, the money is owed again")
        WITHDRAWN = "withdrawn", _("Taken out of the batch")

    class Failure(models.TextChoices):
        """Why it failed, as whoever waits for it reads it in their own language."""

        UNKNOWN = "unknown", _("The bank does not know this account number")
        CLOSED = "closed", _("The account is closed")
        NAME = "name", _("The name does not fit the account")
        REFUSED = "refused", _("The bank refused it")
        STRIPE = "stripe", _("Stripe refused the transfer")
        NOT_FETCHED = "not_fetched", _("Nobody came for the money")
        OTHER = "other", _("Another reason")

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="payouts")
    number = models.CharField(_("number"), max_length=24, unique=True)
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="payouts")
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), **AMOUNT)
    fee = models.DecimalField(_("fee borne by who is paid"), default=0, **AMOUNT)
    shop_fee = models.DecimalField(_("fee borne by the shop"), default=0, **AMOUNT)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PREPARED)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    failure = models.CharField(_("why it failed"), max_length=11, choices=Failure.choices, blank=True)
    # As somebody of the shop wrote it, in her language.
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["batch", "id"]
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            models.UniqueConstraint(fields=["batch", "workshop"], name="payout_once_per_batch_and_workshop"),
            models.UniqueConstraint(
                fields=["workshop", "currency"], condition=Q(state="prepared"), name="payout_one_prepared"
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn") | Q(amount__gt=F("fee")), name="payout_something_arrives"
            ),
            models.CheckConstraint(condition=Q(fee__gte=0) & Q(shop_fee__gte=0), name="payout_fees"),
            models.CheckConstraint(condition=EXACTLY_ONE, name="payout_of_one"),
            models.UniqueConstraint(fields=["batch", "agency"], name="payout_once_per_batch_and_agency"),
            models.UniqueConstraint(
                fields=["agency", "currency"], condition=Q(state="prepared"), name="payout_one_prepared_of_agency"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def net(self):
        """What reaches its holder, in ``currency``."""
        return self.amount - self.fee


class PayoutLine(models.Model):
    """What a payout takes of one consignment; below zero where a refund after an earlier payout is netted."""

    payout = models.ForeignKey(Payout, on_delete=models.CASCADE, related_name="lines")
    consignment = models.ForeignKey(
        "marketplace_fulfilment.Consignment", null=True, on_delete=models.PROTECT, related_name="payout_lines"
    )
    amount = models.DecimalField(_("amount"), **AMOUNT)

    class Meta:
        ordering = ["payout", "id"]
        constraints = [
            models.UniqueConstraint(fields=["payout", "consignment"], name="payoutline_once"),
            models.UniqueConstraint(fields=["payout"], condition=Q(consignment=None), name="payoutline_once_without"),
            models.CheckConstraint(condition=~Q(amount=0), name="payoutline_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.payout.number} {self.amount}"


class PayoutTransfer(models.Model):
    """One transfer at the payment service, for one consignment of a payout; ``reversed`` came back after a refund."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="transfers")
    consignment = models.ForeignKey(
        "marketplace_fulfilment.Consignment", null=True, on_delete=models.PROTECT, related_name="transfers"
    )
    key = models.CharField(max_length=80, unique=True)
    amount = models.DecimalField(_("amount"), **AMOUNT)
    reversed = models.DecimalField(_("taken back"), default=0, **AMOUNT)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    gateway_transfer = models.CharField(max_length=255, blank=True, db_index=True)

    class Meta:
        ordering = ["payout", "id"]
        constraints = [
            models.UniqueConstraint(fields=["payout", "consignment"], name="payouttransfer_once"),
            models.UniqueConstraint(fields=["payout"], condition=Q(consignment=None), name="payouttransfer_once_without"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(reversed__gte=0) & Q(reversed__lte=F("amount")),
                name="payouttransfer_cap",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class PayoutEvidence(models.Model):
    """A bank's confirmation or a signed receipt. In the database, since the media folder is open to everybody."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="evidence")
    media_type = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    data = models.BinaryField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["payout", "id"]
        constraints = [models.UniqueConstraint(fields=["payout", "digest"], name="payoutevidence_once")]

    def __str__(self) -> str:
        return f"{self.payout.number} {self.media_type}"

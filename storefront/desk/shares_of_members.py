"""Members' shares: the owner's rule, and the page on which each member sees her own."""

from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace import formats
from marketplace.money import Money, format_money
from marketplace.notices.people import name_of
from marketplace.payments.models import MemberShareRule
from marketplace.payments.payouts import member_shares
from marketplace.payments.payouts.member_shares import MOST_PEOPLE, BadShares, Wish
from marketplace.workshops.models import Member, Right
from storefront.desk.again import ask_again
from storefront.desk.fields import PointNumber, Words
from storefront.desk.scope import Desk, desk_view

EMPTY_ROWS = 3
SHOWN = 24
Unit = MemberShareRule.Unit


class RuleForm(forms.Form):
    starts_on = forms.DateField(
        label=gettext_lazy("Counts from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )  # fmt: skip
    unit = forms.ChoiceField(label=gettext_lazy("The numbers are"), choices=Unit.choices)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class PersonForm(forms.Form):
    """One row: somebody with an account here, or a name. Left empty, nobody."""

    user = forms.TypedChoiceField(
        label=gettext_lazy("Works here"), required=False, coerce=int, empty_value=None
    )
    name = Words(label=gettext_lazy("Or a name"), max_length=120, required=False)
    parts = PointNumber(
        label=gettext_lazy("Share"), least=Decimal("0.01"), most=Decimal(999999), places=2, required=False
    )

    def __init__(self, people: dict[int, str], *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.people = people
        self.fields["user"].choices = [("", _("Nobody of these")), *people.items()]

    def clean(self) -> dict:
        data = super().clean()
        who, parts = data.get("user") or data.get("name"), data.get("parts")
        if "parts" in data and "user" in data and bool(who) != (parts is not None):
            self.add_error("parts" if who else "name", _("Please fill in both: who, and how much."))
        return data

    @property
    def wish(self) -> Wish | None:
        data = self.cleaned_data
        if data.get("parts") is None:
            return None
        user = data.get("user")
        return Wish(self.people[user] if user else data["name"], data["parts"], user)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.OWN)
@ask_again
def page(desk: Desk) -> HttpResponse:
    """Who gets how much, from when on; "off" ends it, "more" gives more rows."""
    data, today = desk.request.POST, timezone.localdate()
    if desk.request.method != "POST":
        return _show(desk, *_forms(desk, member_shares.rule_of(desk.workshop, today)))
    action = data.get("action", "save")
    if action == "off":
        return _set(desk, None, [], starts_on=today, unit=Unit.PERCENT, shares=())
    rule, people = _sent(desk)
    if action == "more":
        return _show(desk, *_forms(desk, None, kept=(rule, people)))
    good = [form.is_valid() for form in (rule, *people)]
    filled = [form for form in people if form.is_valid() and form.wish]
    if not all(good):
        return _show(desk, rule, people, status=400)
    if not filled:
        rule.add_error(None, _("Please name at least one person, or switch it off."))
        return _show(desk, rule, people, status=400)
    return _set(desk, rule, people, **rule.cleaned_data, shares=[form.wish for form in filled])


def _set(desk: Desk, rule: RuleForm | None, people: Sequence[PersonForm], **wanted) -> HttpResponse:
    try:
        member_shares.set_rule(workshop=desk.workshop, by=desk.request.user, **wanted)
    except BadShares as problem:
        if rule is None:
            raise Http404 from problem
        filled = [form for form in people if form.wish]
        if problem.row is None:
            rule.add_error("starts_on" if wanted["starts_on"] < timezone.localdate() else None, str(problem))
        else:
            filled[problem.row].add_error("parts", str(problem))
        return _show(desk, rule, people, status=400)
    saved, ended = _("Saved. Payouts from then on are shared out like this."), _("Payouts are not shared out any more.")
    done = saved if wanted["shares"] else ended
    messages.success(desk.request, done)
    return redirect(desk.url("member-shares"))


def _people(desk: Desk) -> dict[int, str]:
    rows = Member.objects.filter(workshop=desk.workshop, user__is_active=True).select_related("user").order_by("pk")
    return {row.user_id: name_of(row.user) for row in rows}


def _forms(desk: Desk, rule: MemberShareRule | None, kept: tuple | None = None) -> tuple[RuleForm, list[PersonForm]]:
    """Of the rule in force, or of what was typed (``kept``), with a few empty rows more."""
    names = _people(desk)
    if kept:
        first, rows = kept
        found = [{name: form[name].value() or "" for name in ("user", "name", "parts")} for form in rows]
        found = [row for row in found if any(row.values())]
        start = {name: first[name].value() for name in ("starts_on", "unit")}
    else:
        shares = rule.shares.all() if rule else []
        found = [
            {"user": row.user_id if row.user_id in names else "", "name": "" if row.user_id in names else row.name,
             "parts": f"{row.parts.normalize():f}"}
            for row in shares
        ]  # fmt: skip
        start = {"starts_on": timezone.localdate(), "unit": rule.unit if rule else Unit.PERCENT}
    found += [{}] * min(EMPTY_ROWS, MOST_PEOPLE - len(found))
    return RuleForm(initial=start), [
        PersonForm(names, initial=row, prefix=f"p{number}") for number, row in enumerate(found)
    ]


def _sent(desk: Desk) -> tuple[RuleForm, list[PersonForm]]:
    data, names = desk.request.POST, _people(desk)
    count = 0
    while count < MOST_PEOPLE and f"p{count}-parts" in data:
        count += 1
    return RuleForm(data), [PersonForm(names, data, prefix=f"p{number}") for number in range(count)]


def _show(desk: Desk, rule: RuleForm, people: Sequence[PersonForm], status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    now = member_shares.rule_of(desk.workshop, today)
    context = {
        "form": rule,
        "people": people,
        "is_on": now is not None,
        "since": formats.day(now.starts_on) if now else "",
        "coming": [formats.day(row.starts_on) for row in member_shares.coming_rules(desk.workshop, today)],
    }
    return desk.render("member_shares", context, status=status)


@require_safe
@desk_view
def mine(desk: Desk) -> HttpResponse:
    """What of the latest payouts is hers, and nobody else's. Only for members: who lists for a maker has no share."""
    if desk.assistance:
        raise Http404
    user, language = desk.request.user, get_language() or "en"
    rule = member_shares.rule_of(desk.workshop, timezone.localdate())
    own = next((row for row in rule.shares.all() if row.user_id == user.pk), None) if rule else None
    rows = [
        {
            "number": row.payout.number,
            "day": formats.day(row.payout.settled_at or row.payout.batch.approved_at),
            "state": row.payout.state,
            "label": row.payout.get_state_display(),
            "amount": format_money(Money(row.amount, row.payout.currency), language),
        }
        for row in member_shares.shares_of_person(desk.workshop, user, SHOWN)
    ]
    share = f"{own.parts.normalize():f}" if own else ""
    total = sum((row.parts for row in rule.shares.all()), Decimal(0)) if rule else Decimal(0)
    context = {
        "rows": rows,
        "share": share,
        "percent": bool(rule) and rule.unit == Unit.PERCENT,
        "total": f"{total.normalize():f}",
        "is_on": rule is not None,
    }
    return desk.render("member_shares_mine", context)


def link_to_mine(desk: Desk) -> str:
    """The address of "My share" for a member who has one and does not keep the books; "". One statement."""
    if desk.assistance or desk.may(Right.BOOKS):
        return ""
    return desk.url("my-share") if member_shares.shares_of_person(desk.workshop, desk.request.user, 1) else ""

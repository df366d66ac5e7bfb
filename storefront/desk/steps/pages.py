"""The pages of the conversation: photos, words, what it is, how it is sold, the price, and a last look."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from catalogue.models import Product
from marketplace.economies.requirements import writers_of
from marketplace.workshops import drafting, stages
from marketplace.workshops.details import MOST_PICTURES, Refused
from marketplace.workshops.models import Right
from marketplace.workshops.voices import mark_written
from storefront.desk.describe import describe_coverage
from storefront.desk.price_forms import tell_worked_out
from storefront.desk.readiness_shown import describe_readiness
from storefront.desk.scope import Desk, desk_view
from storefront.desk.steps.forms import PhotosStep, PriceStep, SaleStep, StepForm, ThingStep, WordsStep
from storefront.desk.uploading import describe_voice, keep_voice
from storefront.desk.what_i_receive import describe_worked_out
from storefront.listing.refresh import once_at_the_end
from storefront.upload_limits import takes_photos

# How many of the gaps of a piece the last step tells; the rest is behind a link.
GAPS_SHOWN = 3
form_page = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Step:
    """``keep`` writes what the form says into the draft; ``is_done`` tells whether the draft has it."""

    name: str
    title: Promise
    form: type[StepForm]
    keep: Callable[[StepForm, dict], Product]
    is_done: Callable[[Product], bool]


def _has_price(product: Product) -> bool:
    rows = list(product.children.all()) if product.is_parent else [product]
    return bool(rows) and all(any(r.price is not None for r in row.stockrecords.all()) for row in rows)


STEPS = {
    step.name: step
    for step in (
        Step(
            "photos",
            gettext_lazy("Photos"),
            PhotosStep,
            lambda form, whose: drafting.set_photos(photos=form.picture_change(), **whose),
            lambda product: product.images.exists(),
        ),
        Step(
            "words",
            gettext_lazy("Name and story"),
            WordsStep,
            lambda form, whose: _keep_words(form, whose),
            lambda product: bool(product.title),
        ),
        Step(
            "thing",
            gettext_lazy("What it is"),
            ThingStep,
            lambda form, whose: drafting.set_thing(thing=form.thing(), **whose),
            lambda product: product.craft_id is not None,
        ),
        Step(
            "sale",
            gettext_lazy("How you sell it"),
            SaleStep,
            lambda form, whose: drafting.set_sale(sale=form.sale(), **whose),
            lambda product: product.is_parent or product.stockrecords.exists(),
        ),
        Step(
            "price",
            gettext_lazy("Price"),
            PriceStep,
            lambda form, whose: drafting.set_price(price=form.cleaned_data["price"], **whose),
            _has_price,
        ),
    )
}
READY = "ready"


@takes_photos
@form_page
@desk_view(needs=Right.LIST)
def begin(desk: Desk) -> HttpResponse:
    """The first step; the draft is made with its first photo. Sent twice, it is one draft."""
    bound = desk.request.method == "POST"
    form = PhotosStep(
        *((desk.request.POST, desk.request.FILES) if bound else ()), desk=desk, product=None
    )
    if not bound:
        return _show(desk, STEPS["photos"], form)

    def make() -> Product:
        return drafting.begin(
            workshop=desk.workshop, user=desk.request.user, key=form.key, photos=form.picture_change()
        )

    draft = _kept(form, make)
    if draft is None:
        return _show(desk, STEPS["photos"], form, status=400)
    return redirect(desk.url("piece-step", pk=draft.pk, step="words"))


@takes_photos
@form_page
@desk_view(needs=Right.LIST)
def step(desk: Desk, pk: int, step: str) -> HttpResponse:
    """One step of a draft. A piece that is no draft any more is changed on its own page."""
    product = desk.piece(pk)
    if product.stage != Product.Stage.DRAFT:
        return redirect(desk.url("piece", pk=product.pk))
    if step == READY:
        return _look(desk, product)
    found = STEPS.get(step)
    if found is None:
        raise Http404
    if desk.request.method != "POST":
        return _open(desk, found, found.form(desk=desk, product=product))
    form = found.form(desk.request.POST, desk.request.FILES, desk=desk, product=product)
    if isinstance(form, PriceStep) and "work_out" in desk.request.POST:
        return _work_out(desk, found, form)
    whose = {"workshop": desk.workshop, "product": product, "user": desk.request.user}
    if found.name == "words" and (mistake := keep_voice(desk, product)):
        return _show(desk, found, form, status=400, voice_error=mistake)
    try:
        if _kept(form, lambda: found.keep(form, whose)) is None:
            return _show(desk, found, form, status=400)
    except drafting.Meanwhile as other:
        form.ask_which(other)
        return _show(desk, found, form, status=409)
    if isinstance(form, PriceStep):
        tell_worked_out(desk.request, form)
    if "later" in desk.request.POST:
        messages.success(desk.request, _("Your draft is kept. You can go on at any time."))
        return redirect(f"{desk.url('pieces')}?state=draft")
    return redirect(desk.url("piece-step", pk=product.pk, step=_after(found.name)))


def _open(desk: Desk, found: Step, form: StepForm) -> HttpResponse:
    """A step as it is kept; that of the price with what she receives of it."""
    known = form.known_price() if isinstance(form, PriceStep) else None
    return _show(desk, found, form, worked=describe_worked_out(known, form.product) if known else None)


def _keep_words(form: WordsStep, whose: dict) -> Product:
    product = drafting.set_words(words=form.words(), opened=form.opened(), **whose)
    mark_written(**whose, written=form.cleaned_data.get("from_voice", False))
    return product


def next_step(product: Product) -> str:
    """The first step of which the draft has nothing yet."""
    return next((row.name for row in STEPS.values() if not row.is_done(product)), READY)


def _after(name: str) -> str:
    names = [*STEPS, READY]
    return names[names.index(name) + 1]


def _kept(form: StepForm, keep: Callable[[], Product]) -> Product | None:
    """The draft as it is now; None, with what is wrong on the form and the photos put aside, where it was refused."""
    if form.is_valid():
        try:
            with once_at_the_end():
                product = keep()
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            if isinstance(form, PhotosStep):
                form.forget_photos()
            return product
    if isinstance(form, PhotosStep):
        form.keep_photos()
    return None


def _work_out(desk: Desk, found: Step, form: PriceStep) -> HttpResponse:
    """The same step with the price filled in, who gets what of it, and what buyers in three markets pay."""
    worked = form.work_out()
    shown = describe_worked_out(worked, form.product) if worked else None
    return _show(desk, found, form, status=400 if form.errors else 200, worked=shown)


def _show(
    desk: Desk, found: Step, form: StepForm, status: int = 200, worked: dict | None = None, voice_error: str = ""
) -> HttpResponse:
    product = form.product
    context = {
        "form": form,
        "step": found.name,
        "title": found.title,
        "steps": _progress(desk, product, found.name),
        "piece": {"pk": product.pk, "title": product.title, "lang": product.source_language} if product else None,
        "pictures": form.described_pictures() if isinstance(form, PhotosStep) else [],
        "most_pictures": MOST_PICTURES,
        "worked": worked,
        "voice": describe_voice(desk, product, form.voice, voice_error) if found.name == "words" else None,
        "variants_url": desk.url("piece-variants", pk=product.pk) if product and found.name == "sale" else "",
    }
    return desk.render("step", context, status=status)


def _progress(desk: Desk, product: Product | None, here: str) -> list[dict]:
    """All steps with their addresses: she may go back and forth."""
    titles = {name: row.title for name, row in STEPS.items()} | {READY: _("Ready")}
    return [
        {
            "title": title,
            "number": number,
            "url": desk.url("piece-step", pk=product.pk, step=name) if product else "",
            "current": name == here,
            "done": bool(product) and name in STEPS and STEPS[name].is_done(product),
        }
        for number, (name, title) in enumerate(titles.items(), start=1)
    ]


def _look(desk: Desk, product: Product) -> HttpResponse:
    """The last step: what is still missing where, the preview, and into the shop."""
    if desk.request.method != "POST":
        return _show_look(desk, product)
    try:
        with once_at_the_end():
            public = stages.publish(workshop=desk.workshop, product=product, user=desk.request.user)
    except Refused as problem:
        return _show_look(desk, product, str(problem), status=400)
    said = (
        _("“%(title)s” is in the shop now.")
        if public
        else _("“%(title)s” is ready. It comes into the shop as soon as your workshop is open.")
    )
    messages.success(desk.request, said % {"title": product.title})
    return redirect(f"{desk.url('pieces')}#piece-{product.pk}")


def _show_look(desk: Desk, product: Product, problem: str = "", status: int = 200) -> HttpResponse:
    missing = [
        {"title": row.title, "url": desk.url("piece-step", pk=product.pk, step=row.name)}
        for row in STEPS.values()
        if not row.is_done(product)
    ]
    consent = _missing_consent(desk)
    if consent:
        missing.append({"title": _("The maker's consent"), "url": desk.url("helping")})
    readiness = describe_readiness(product, desk)
    context = {
        "piece": readiness["piece"] | {"pk": product.pk},
        "steps": _progress(desk, product, READY),
        "missing": missing,
        "known": readiness["coverage"],
        "coverage": describe_coverage(writers_of([product])[product.pk]),
        "groups": readiness["groups"],
        "gaps": readiness["gaps"][:GAPS_SHOWN],
        "more_gaps": max(0, len(readiness["gaps"]) - GAPS_SHOWN),
        "problem": consent or problem,
        "consent_url": desk.url("helping") if consent else "",
        "opened": desk.workshop.is_open,
        "preview_url": desk.url("piece-preview", pk=product.pk),
        "languages_url": desk.url("piece-languages", pk=product.pk),
        "readiness_url": desk.url("piece-readiness", pk=product.pk),
    }
    return desk.render("step_ready", context, status=status)


def _missing_consent(desk: Desk) -> str:
    """Why nothing can be shown, where somebody lists for the maker without her consent."""
    try:
        stages.check_consent(desk.workshop)
    except Refused as problem:
        return str(problem)
    return ""

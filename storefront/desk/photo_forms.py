"""The photos of a piece in a form: those it has, those that wait on the server, those sent just now."""

import uuid

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalogue.models import Product
from marketplace.workshops.details import MOST_PICTURES, PictureChange
from marketplace.workshops.voices import voice_of
from storefront.desk import drafts
from storefront.desk.fields import Photos
from storefront.pictures import PORTRAIT, describe
from storefront.uploads import BadPicture, clean_picture


def add_from_voice(form: forms.Form, product: Product | None) -> None:
    """``form.voice`` becomes the recording; where there is one: whether the words in this form follow it."""
    form.voice = voice_of(product) if product else None
    if form.voice is not None:
        form.fields["from_voice"] = forms.BooleanField(
            label=_("I wrote this text from the recording"), required=False, initial=form.voice.written_from_voice
        )


class PhotosForm(forms.Form):
    """``key`` names this filled-in form. After is_valid(): picture_change(); when it is not valid: keep_photos()."""

    photos = Photos(label=gettext_lazy("Photos"), required=False)

    def take_photos_of(self, product: Product | None, user) -> None:
        """To be called once, before is_valid(); ``product`` None: a new piece."""
        self.user, self.product, self.key = user, product, self._read_key()
        self.kept: list[drafts.KeptPhoto] = self._find_kept()
        self.sent: list = []
        self.pictures = (
            list(product.images.select_related("picture").order_by("display_order", "pk")) if product else []
        )

    def described_pictures(self) -> list[dict]:
        """What parts/photos.html draws of the pictures that the piece has."""
        return [
            {
                "pk": row.pk,
                "pic": describe(row.picture, PORTRAIT),
                "removed": row.pk in self.removed,
                "first": row.pk == self.first,
            }
            for row in self.pictures
        ]

    def clean_photos(self) -> list:
        """Every photo that can be used is in ``sent``, also when another one is refused."""
        problems = []
        for upload in self.cleaned_data["photos"][: MOST_PICTURES + 1]:
            try:
                self.sent.append(clean_picture(upload))
            except BadPicture as problem:
                problems.append(f"{upload.name}: {problem}")
        if problems:
            raise forms.ValidationError(problems)
        return self.sent

    def check_number_of_photos(self) -> None:
        if "photos" in self.errors:
            return
        number = len(self._staying()) + len(self.kept) + len(self.sent)
        if number == 0 and (self.product is None or self.pictures):
            self.add_error("photos", _("Please add a photo: nobody buys what they cannot see."))
        elif number > max(MOST_PICTURES, len(self.pictures)):
            message = ngettext(
                "A piece has at most %(most)s photo.", "A piece has at most %(most)s photos.", MOST_PICTURES
            )
            self.add_error("photos", message % {"most": MOST_PICTURES})

    def _read_key(self) -> uuid.UUID:
        """Sent back by the browser; anything else than one of ours makes a new one."""
        try:
            return uuid.UUID(self.data["key"])
        except (KeyError, ValueError):
            return uuid.uuid4()

    def _find_kept(self) -> list[drafts.KeptPhoto]:
        """Photos of an earlier attempt that the maker still wants."""
        tickets = self.data.getlist("kept")[:MOST_PICTURES] if self.is_bound else []
        return [kept for ticket in dict.fromkeys(tickets) if (kept := drafts.find(ticket, self.user))]

    def keep_photos(self) -> None:
        """The form goes back to the maker: the photos she sent wait on the server."""
        room = max(0, MOST_PICTURES - len(self.kept))
        self.kept += [drafts.keep(photo, self.user) for photo in self.sent[:room]]
        self.sent = []

    def forget_photos(self) -> None:
        """The piece is saved: nothing waits any more."""
        for kept in self.kept:
            drafts.drop(kept)

    @property
    def removed(self) -> set[int]:
        """Ids of pictures marked for removal; ids of other pieces' pictures mean nothing."""
        marked = set(self.data.getlist("remove")) if self.is_bound else set()
        return {row.pk for row in self.pictures if str(row.pk) in marked}

    @property
    def first(self) -> int | None:
        """Id of the picture to show first."""
        wanted = self.data.get("first", "") if self.is_bound else ""
        return next((row.pk for row in self.pictures if str(row.pk) == wanted), None)

    def _staying(self) -> list:
        return [row for row in self.pictures if row.pk not in self.removed]

    def picture_change(self) -> PictureChange:
        kept = [(row.ticket, photo) for row in self.kept if (photo := drafts.read(row))]
        return PictureChange(
            added=(*(photo for _ticket, photo in kept), *self.sent),
            removed=tuple(self.removed),
            first=self.first,
            order=self._order([ticket for ticket, _photo in kept]),
        )

    def _order(self, tickets: list[str]) -> tuple[int, ...]:
        """As the script says it: ids and tickets; what it does not know means nothing."""
        known = {str(row.pk): row.pk for row in self.pictures}
        known |= {ticket: -number for number, ticket in enumerate(tickets, start=1)}
        asked = self.data.getlist("order")[: 3 * MOST_PICTURES] if self.is_bound else []
        return tuple(dict.fromkeys(known[name] for name in asked if name in known))

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from oscar.apps.dashboard.catalogue import forms
from wagtail.images import get_image_model

from catalogue.models import Product
from storefront.uploads import BadPicture, clean_picture

AT_THE_DESK = _("A piece goes into the shop at its maker's desk, where her consent is asked for.")


class ProductForm(forms.ProductForm):
    """Staff take pieces out of the shop, and change those that are in it; they put none in."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial["is_public"] = self.instance.is_child

    def clean_slug(self) -> str:
        """Left empty, that of a known piece stays: its address is out there, and Oscar's page needs it after a mistake."""
        return self.cleaned_data["slug"] or self.instance.slug

    def clean_is_public(self) -> bool:
        wanted, was = self.cleaned_data["is_public"], bool(self.instance.pk) and self.initial["is_public"]
        variant = self.instance.is_child and self.instance.stage == Product.Stage.LIVE
        if wanted and not was and not variant:
            raise ValidationError(AT_THE_DESK)
        return wanted


class ProductImageForm(forms.ProductImageForm):
    """A photo from staff goes the same way as one from a maker: only its pixels are kept, as a Wagtail image."""

    def clean_original(self) -> ContentFile:
        file = self.cleaned_data["original"]
        if "original" not in self.changed_data:
            return file
        try:
            return clean_picture(file)
        except BadPicture as problem:
            raise ValidationError(str(problem)) from problem

    def save(self, commit: bool = True):
        if "original" in self.changed_data:
            image = get_image_model()(
                title=self.instance.product.title[:255], file=self.cleaned_data["original"]
            )
            image.save()
            self.instance.picture, self.instance.original = image, image.file.name
        return super().save(commit)

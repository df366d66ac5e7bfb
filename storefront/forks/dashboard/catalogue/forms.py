from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from oscar.apps.dashboard.catalogue import forms
from wagtail.images import get_image_model

from storefront.uploads import BadPicture, clean_picture


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

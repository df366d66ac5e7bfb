"""Thumbnails for Oscar's dashboard from the same pipeline as every other picture."""

from oscar.core.thumbnails import AbstractThumbnailer


class RenditionThumbnailer(AbstractThumbnailer):
    """Answers with a Wagtail rendition of the picture behind the file, or with the file itself."""

    def generate_thumbnail(self, source, **opts):
        from wagtail.images import get_image_model

        image = get_image_model().objects.filter(file=getattr(source, "name", source)).first()
        if image is None:
            return source
        width = str(opts.get("size", "200x")).split("x")[0] or "200"
        return image.get_rendition(f"width-{int(width)}").file

    def delete_thumbnails(self, source) -> None:
        """Renditions go with their Wagtail image, so there is nothing to do."""

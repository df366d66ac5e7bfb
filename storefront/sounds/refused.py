"""Why a reader gives a file back."""


class NotSound(ValueError):
    """Not a sound of this kind, or one that is broken. ``has_pictures``: it is a film."""

    def __init__(self, message: str = "", *, has_pictures: bool = False) -> None:
        super().__init__(message)
        self.has_pictures = has_pictures

"""Whether a registration number is well formed, as python-stdnum knows."""

from importlib import import_module

from stdnum.exceptions import ValidationError


def well_formed(check_name: str, number: str) -> bool:
    """``check_name`` is a module of stdnum, such as "eu.oss"; without one any number will do."""
    if not check_name:
        return True
    try:
        import_module(f"stdnum.{check_name}").validate(number)
    except ValidationError:
        return False
    return True

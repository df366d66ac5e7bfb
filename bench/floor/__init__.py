"""The floor: a bare Django app with Django's own middleware, one model and two views."""

"""The centre: the records of the city's items."""

from django.apps import AppConfig


class CentreConfig(AppConfig):
    """Registers the centre with Django."""

    name = "mianzheng.centre"
    label = "centre"
    default_auto_field = "django.db.models.BigAutoField"

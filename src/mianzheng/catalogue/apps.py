"""The catalogue: what exists and is in force - items, facts, matters, certificates, legal bases."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Registers the catalogue with Django."""

    name = "mianzheng.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"

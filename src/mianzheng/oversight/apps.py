"""Oversight: look-ups that are asked about, and what a person does not recognise."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """Registers oversight with Django."""

    name = "mianzheng.oversight"
    label = "oversight"
    default_auto_field = "django.db.models.BigAutoField"

"""Demo: a synthetic city of any size, its stories, outages, and a clock to move."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers demo with Django."""

    name = "mianzheng.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"

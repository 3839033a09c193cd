"""The reform office: from a department's list of certificates to a cancelled certificate."""

from django.apps import AppConfig


class ReformConfig(AppConfig):
    """Registers the reform office with Django."""

    name = "mianzheng.reform"
    label = "reform"
    default_auto_field = "django.db.models.BigAutoField"

"""Cases: matters applied for - by residents, decided by departments."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Registers cases with Django."""

    name = "mianzheng.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

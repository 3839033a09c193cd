"""Evidence: facts proven - the choice of way, department checks, commitments, who looked at me."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Registers evidence with Django."""

    name = "mianzheng.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"

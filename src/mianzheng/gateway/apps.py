"""The gateway: who may ask which fact for what, asked one at a time or ten thousand, sealed answers, consent."""

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    """Registers the gateway with Django."""

    name = "mianzheng.gateway"
    label = "gateway"
    default_auto_field = "django.db.models.BigAutoField"

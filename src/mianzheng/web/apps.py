from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mianzheng.web"
    label = "web"

"""The site: where everything comes together."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "mianzheng.site"
    label = "site"

"""The gateway as `mianzheng gateway` serves it, only that it waits for nobody longer than a second."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mianzheng.site.settings")
django.setup()

from mianzheng.gateway.api import rsgi  # noqa: E402 - only now can it be imported

rsgi.PATIENCE = 1.0
application = rsgi.Gateway()

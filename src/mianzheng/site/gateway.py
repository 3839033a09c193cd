"""The gateway as a process of its own: questions of machines, answered by one application in each process."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mianzheng.site.settings")
django.setup()

from mianzheng.gateway.api.rsgi import Gateway  # noqa: E402 - only now can it be imported

application = Gateway()

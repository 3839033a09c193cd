"""The gateway as a process of its own: questions of machines, answered by one application in each process."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mianzheng.site.settings")
# single questions are answered in the loop itself, one group after the other (see `gateway.api.lanes`): nobody shares it
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
django.setup()

from mianzheng.gateway.api.asgi import Gateway  # noqa: E402 - only now can it be imported

application = Gateway()

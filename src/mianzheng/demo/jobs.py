"""What a demo city does by itself: its registers are fed every ten minutes, so that it does not grow stale."""

from __future__ import annotations

from django.conf import settings

from mianzheng.catalogue.queries.editions import city
from mianzheng.demo.actions import time
from mianzheng.web import clock
from mianzheng.web.jobs import app


@app.periodic(cron="*/10 * * * *")
@app.task(name="demo.feed", queueing_lock="demo.feed", pass_context=False)
def feed(timestamp: int) -> None:
    """Feed every register that answers. Does nothing in a real city."""
    if settings.DEMO:
        time.feed(city=city(), now=clock.now())

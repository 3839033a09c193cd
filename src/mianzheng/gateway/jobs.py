"""What time sets in motion at the gateway."""

from __future__ import annotations

import uuid

from mianzheng.catalogue.queries.editions import city
from mianzheng.gateway.actions import clients, consents, lists, passing, replies, sealing
from mianzheng.web import clock
from mianzheng.web.jobs import task


@task("gateway.list", retry=0)
def ask_list(asked: str) -> None:
    """Ask about everybody on a list. What fails is tried again by `revive_lists`, minutes later."""
    lists.work_off(city=city(), asked=uuid.UUID(asked), clock=clock.now)


@task("gateway.revive_lists", cron="* * * * *", retry=0)
def revive_lists(timestamp: int) -> None:
    """Go on with lists whose worker died."""
    lists.revive(now=clock.now())


@task("gateway.expire_lists", cron="23 * * * *")
def expire_lists(timestamp: int) -> None:
    """Delete lists and results past their days."""
    lists.expire(today=clock.today())


@task("gateway.forget", cron="11 4 * * *")
def forget_old(timestamp: int) -> None:
    """Delete consents, rows of sealed answers, replies and tokens past their time."""
    consents.forget(today=clock.today())
    sealing.forget(now=clock.now())
    replies.forget_replies(now=clock.now())
    clients.forget_tokens(now=clock.machines())  # the identity provider dates them, by that clock


@task("gateway.lapse_requests", cron="23 * * * *")
def lapse_requests(timestamp: int) -> None:
    """End requests nobody answered: every hour, as what follows, so that midnight is soon noticed."""
    passing.lapse(city=city(), now=clock.now())


@task("gateway.lapse_raises", cron="23 * * * *")
def lapse_raises(timestamp: int) -> None:
    """End wishes for a larger allowance nobody answered."""
    passing.lapse_raises(city=city(), now=clock.now())


@task("gateway.close_announced", cron="23 * * * *")
def close_announced(timestamp: int) -> None:
    """Revoke grants whose announced end has come."""
    passing.close_announced(city=city(), now=clock.now())


@task("gateway.end_clients", cron="23 * * * *")
def end_clients(timestamp: int) -> None:
    """End clients past their last day."""
    clients.end_expired(now=clock.now())

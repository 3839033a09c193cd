"""Findings as pages show them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet, TextField, Value
from django.db.models.functions import Concat

from mianzheng.oversight.models import Finding


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something was found about one certificate (`code`) or one office (`code`, or `said` where it has none)."""

    code: str
    said: str
    findings: int
    others: int
    last: datetime.date


def by_certificate(since: datetime.date) -> list[Counted]:
    """Return how often each certificate was demanded since then, and by how many offices (one query)."""
    found = (
        Finding.objects.filter(day__gte=since)
        .values_list("certificate")
        .annotate(
            n=Count("id"),
            others=Count(Concat("office", Value("|", TextField()), "office_said"), distinct=True),
            last=Max("day"),
        )
        .order_by("-n", "certificate")
    )
    return [Counted(code, "", n, others, last) for code, n, others, last in found]


def by_office(since: datetime.date) -> list[Counted]:
    """Return how often each office demanded something since then, and how many certificates (one query)."""
    found = (
        Finding.objects.filter(day__gte=since)
        .values_list("office", "office_said")
        .annotate(n=Count("id"), others=Count("certificate", distinct=True), last=Max("day"))
        .order_by("-n", "office", "office_said")
    )
    return [Counted(*row) for row in found]


def findings(*, certificate: str = "", office: str = "") -> QuerySet[Finding]:
    """Return findings, the newest first; about one certificate, one office (by its code or name as told)."""
    found = Finding.objects.order_by("-day", "-id")
    if certificate:
        found = found.filter(certificate=certificate)
    return found.filter(office=office) | found.filter(office="", office_said=office) if office else found

"""What the law leaves to the city, as numbers of its package."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """What the law leaves to the city (policy); working days unless said otherwise.

    `bad_rows` is the share of bad rows past which a batch is refused whole, `shrink` the share by which a snapshot may
    have fewer records than there are; error files are kept `error_days` calendar days; the source answers a doubt about
    its records (校核) in `correction_days`, a request for sharing in `sharing_days`; a change is sent `delivery_tries`
    times before a person is asked; whoever granted a case learns for `watch_days` calendar days when its ground changes;
    a pull that is not read after `pull_minutes` is given up; what of a person's own log is sensitive shows for
    `fresh_minutes` after they signed in; an office says what it thinks of a certificate's cancelling in `consult_days`; a
    batch of cancelled certificates is watched for `trial_days` calendar days; a paper whose trips nobody counted is taken to
    have cost `paper_trips`; so many slips (不再开具告知单) as `slips_a_day` are made out a day to people
    who do not sign in; a retained certificate is looked at again after `review_days` calendar days; a new demand for one is
    answered in `wish_days`.
    """

    check_days: int
    objection_days: int
    stale_cycles: int
    commitment_bar: str
    after_check_days: int
    bad_rows: float = 0.05
    shrink: float = 0.3
    error_days: int = 14
    correction_days: int = 5
    sharing_days: int = 10
    delivery_tries: int = 8
    watch_days: int = 365
    pull_minutes: int = 120
    fresh_minutes: int = 10
    consult_days: int = 5
    trial_days: int = 15
    paper_trips: int = 2
    slips_a_day: int = 500
    review_days: int = 365
    wish_days: int = 10

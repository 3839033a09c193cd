"""How far a report, a candidate, a batch, a draft and a wish may be, and who says what of them. Moves: `rules.stages`."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """For which side of a certificate an office lists it (需要证明的一方 / 提供证明的一方)."""

    DEMAND = "demand"
    ISSUE = "issue"
    ELSEWHERE = "elsewhere"
    """The list of another city: what others did, and nothing that is asked for here."""


class ReportStage(StrEnum):
    """How far a report (报送清单) has come."""

    READ = "read"  # shown to a person, counted nowhere
    TAKEN = "taken"
    REPLACED = "replaced"  # by a newer one of the same office
    LEFT = "left"  # a person put it aside


class Stage(StrEnum):
    """How far a candidate (拟处理的证明事项) has come."""

    FOUND = "found"
    DECIDED = "decided"  # the reform office says what is to become of it
    ASKED = "asked"  # in consultation
    AGREED = "agreed"
    LISTED = "listed"  # in a batch
    PUBLISHED = "published"
    RETAINED = "retained"
    DROPPED = "dropped"  # no certificate, a repeat, or asked for by nobody


class BatchStage(StrEnum):
    """How far a batch (批次) has come."""

    COMPOSED = "composed"
    CHECKED = "checked"
    TRIAL = "trial"  # published, being watched
    DONE = "done"
    WITHDRAWN = "withdrawn"


class DraftStage(StrEnum):
    """How far a draft of the catalogue has come."""

    WRITTEN = "written"
    TESTED = "tested"
    PLANNED = "planned"  # tested, in force from a date
    IN_FORCE = "in_force"
    DROPPED = "dropped"


class WishStage(StrEnum):
    """How far a new demand (新设证明申请) has come."""

    MADE = "made"
    REFUSED = "refused"
    ALLOWED = "allowed"


class Says(StrEnum):
    """What an office says in a consultation (征求意见)."""

    AGREE = "agree"
    OBJECT = "object"
    COUNTER = "counter"  # another disposal, with why


class Part(StrEnum):
    """As what an office is consulted."""

    DEMANDER = "demander"
    ISSUER = "issuer"
    JUSTICE = "justice"
    UNDERTAKING = "undertaking"
    """A body the city cannot order undertakes not to ask for it (不再索要承诺书)."""

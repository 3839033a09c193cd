"""What evidence keeps: what was done about each need, questions put to departments, commitments."""

from mianzheng.evidence.models.check import Check
from mianzheng.evidence.models.commitment import Commitment
from mianzheng.evidence.models.event import Event

__all__ = ["Check", "Commitment", "Event"]

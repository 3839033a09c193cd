"""What evidence keeps: what was done about each need, questions put to departments, commitments, secrecy orders."""

from mianzheng.evidence.models.check import Check
from mianzheng.evidence.models.commitment import Commitment
from mianzheng.evidence.models.event import Event
from mianzheng.evidence.models.secrecy import SecrecyOrder, SecrecyTerm, SecretLook

__all__ = ["Check", "Commitment", "Event", "SecrecyOrder", "SecrecyTerm", "SecretLook"]

"""What cases keep."""

from mianzheng.cases.models.case import Case
from mianzheng.cases.models.decision import Decision
from mianzheng.cases.models.step import Step

__all__ = ["Case", "Decision", "Step"]

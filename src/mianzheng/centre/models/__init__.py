"""What the centre keeps beside the record tables, which are made from the catalogue (see `actions.tables`)."""

from mianzheng.centre.models.dispute import Dispute
from mianzheng.centre.models.register import Register

__all__ = ["Dispute", "Register"]

"""What the centre keeps beside the record tables, which are made from the catalogue (see `actions.tables`)."""

from mianzheng.centre.models.approval import Approval
from mianzheng.centre.models.connection import Breakage, ConnectionDay
from mianzheng.centre.models.delivery import Delivery, Hook, Watch
from mianzheng.centre.models.dispute import Dispute
from mianzheng.centre.models.doubt import Doubt
from mianzheng.centre.models.erasure import Erasure
from mianzheng.centre.models.fetched import Fetched
from mianzheng.centre.models.intake import Intake
from mianzheng.centre.models.measure import Measure
from mianzheng.centre.models.register import Register
from mianzheng.centre.models.sender_key import SenderKey
from mianzheng.centre.models.sharing import SharingRequest

__all__ = [
    "Approval",
    "Breakage",
    "ConnectionDay",
    "Delivery",
    "Dispute",
    "Doubt",
    "Erasure",
    "Fetched",
    "Hook",
    "Intake",
    "Measure",
    "Register",
    "SenderKey",
    "SharingRequest",
    "Watch",
]

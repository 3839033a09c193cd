"""What the gateway keeps: grants with their steps and changes, keys, consents, what was asked a day, replies to repeats,
sealed answers, lists handed in.
"""

from mianzheng.gateway.models.asked_list import AskedList
from mianzheng.gateway.models.consent import Consent
from mianzheng.gateway.models.grant import AllowanceChange, Grant, GrantStep
from mianzheng.gateway.models.key import AskerClient, AskerKey
from mianzheng.gateway.models.raised import RaiseRequest
from mianzheng.gateway.models.sealed import SealedAnswer
from mianzheng.gateway.models.usage import GrantDay, Reply, Standing

__all__ = [
    "AllowanceChange",
    "AskedList",
    "AskerClient",
    "AskerKey",
    "Consent",
    "Grant",
    "GrantDay",
    "GrantStep",
    "RaiseRequest",
    "Reply",
    "SealedAnswer",
    "Standing",
]

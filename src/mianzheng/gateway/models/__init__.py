"""What the gateway keeps: grants with their steps and changes, keys, consents, what was asked a day, replies to repeats."""

from mianzheng.gateway.models.consent import Consent
from mianzheng.gateway.models.grant import AllowanceChange, Grant, GrantStep
from mianzheng.gateway.models.key import AskerClient, AskerKey
from mianzheng.gateway.models.usage import GrantDay, Reply, Standing

__all__ = [
    "AllowanceChange",
    "AskerClient",
    "AskerKey",
    "Consent",
    "Grant",
    "GrantDay",
    "GrantStep",
    "Reply",
    "Standing",
]

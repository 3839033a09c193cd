"""What the log keeps."""

from mianzheng.audit.models.entry import Entry
from mianzheng.audit.models.seal import Destroyed, Seal, Tile

__all__ = ["Destroyed", "Entry", "Seal", "Tile"]

"""What the log keeps."""

from mianzheng.audit.models.entry import Entry
from mianzheng.audit.models.seal import Destroyed, Seal, Tile
from mianzheng.audit.models.withheld import Withheld

__all__ = ["Destroyed", "Entry", "Seal", "Tile", "Withheld"]

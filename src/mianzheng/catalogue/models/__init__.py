"""What the catalogue keeps."""

from mianzheng.catalogue.models.edition import Edition

__all__ = ["Edition"]

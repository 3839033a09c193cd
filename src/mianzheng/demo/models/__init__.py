"""What the demo keeps: how the city was built, so that it can be told again. The people themselves are in the vault."""

from mianzheng.demo.models.build import Build

__all__ = ["Build"]

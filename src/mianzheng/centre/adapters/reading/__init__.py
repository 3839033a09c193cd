"""Reading what departments send: looked at by its content first, by its name second."""

from mianzheng.centre.adapters.reading.opening import Reading

__all__ = ["Reading"]

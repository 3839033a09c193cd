from __future__ import annotations

from django.db import models

from mianzheng.web.privacy import Card


class KeyMark(models.Model):
    """The fingerprint of each pair of keys this database was sealed with: a wrong key file is noticed before it does
    harm.
    """

    version = models.SmallIntegerField(primary_key=True)
    fingerprint = models.BinaryField(max_length=16)

    privacy = {
        "version": Card(personal=False, why="which keys", keep="永久"),
        "fingerprint": Card(
            personal=False, why="tells the right key file from another; the key cannot be computed from it", keep="永久"
        ),
    }

    class Meta:
        db_table = "people_keymark"

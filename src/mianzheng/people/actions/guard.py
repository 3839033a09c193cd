"""What every change of the vault does first."""

from __future__ import annotations

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.people import models
from mianzheng.people.rules.keyring import Keyring

VAULT = 0x7A_01
"""Number of the city-wide lock under which documents are added and keys change: one at a time."""


class WrongKeys(Refusal):
    """The key file is one, but not the one this database was sealed with."""

    def __init__(self) -> None:
        super().__init__(
            Reason(N_("密钥文件与这个数据库不配套，没有写入任何内容。")),
            Reason(N_("请运维人员放回与数据库配套的密钥文件 keys.json。")),
        )


def check_marks(keys: Keyring) -> None:
    """Refuse keys this database was not sealed with; remember the fingerprint of versions that are new. Call it under
    the lock.
    """
    marks = {row.version: bytes(row.fingerprint) for row in models.KeyMark.objects.all()}
    for version, pair in keys.versions.items():
        if marks.get(version, pair.fingerprint()) != pair.fingerprint():
            raise WrongKeys
    new = [version for version in keys.versions if version not in marks]
    models.KeyMark.objects.bulk_create(
        models.KeyMark(version=version, fingerprint=keys.versions[version].fingerprint()) for version in new
    )

"""A home of its own for one measurement: an empty database with the product's own settings, removed afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def fresh(options: Mapping[str, str] | None = None) -> Iterator[Path]:
    """Yield the home of a database that is up, with all tables and nobody in them; `options` are the server's."""
    home = Path(tempfile.mkdtemp(prefix="mianzheng-bench-"))
    home.chmod(0o711)
    os.environ |= {
        "MIANZHENG_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "mianzheng.site.settings",
        "MIANZHENG_DEMO": "",
    }
    from mianzheng.site.postgres import launcher, place

    where = place.Place(home)
    try:
        launcher.start(where, say=lambda line: None, options=options)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield home
    finally:
        launcher.stop(where, say=lambda line: None)
        shutil.rmtree(home, ignore_errors=True)

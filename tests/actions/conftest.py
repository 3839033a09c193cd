"""The second city, settled: within a transaction that is rolled back, or for good where threads and workers must see it."""

import pytest


@pytest.fixture
def town(db, settings, tmp_path):
    return _settled(settings, tmp_path)


@pytest.fixture
def lasting_town(transactional_db, settings, tmp_path):
    return _settled(settings, tmp_path)


def _settled(settings, home):
    from tests.second_city.life import settle_down  # models cannot be imported before Django is ready

    settings.MIANZHENG_HOME = home
    return settle_down()

"""Every stored field says whether it is personal, why it is kept and for how long."""

import pytest
from django.apps import apps

from mianzheng.web.privacy import Card

MODELS = [model for model in apps.get_models() if model.__module__.startswith("mianzheng.")]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_field_has_its_card(model):
    cards = model.__dict__.get("privacy", {})
    fields = {field.name for field in model._meta.local_concrete_fields}
    assert fields - set(cards) == set(), "fields without a card: add them to the model's `privacy`"
    assert set(cards) - fields == set(), "cards without a field"
    for name, card in cards.items():
        assert isinstance(card, Card), name
        assert card.why.strip() and card.keep.strip(), name


def test_there_is_something_to_check():
    assert len(MODELS) >= 5

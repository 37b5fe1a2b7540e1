"""Foreign keys follow the same arrows as imports; naming a model by a string does not evade them."""

import pytest
from django.apps import apps
from django.db import models

from opscharter.kernel.records.record import record_types
from tests.architecture.tree import PACKAGE, layers

OURS = {config.label: config.name.removeprefix("opscharter.") for config in apps.get_app_configs()
        if config.name.startswith("opscharter.")}  # fmt: skip


def height(package: str) -> int:
    """Return how high a package stands; the kernel is 0."""
    from_below = list(reversed(layers()))
    return next(level for level, names in enumerate(from_below) if package in names)


def relations() -> list[tuple[type[models.Model], models.Field]]:
    """Return every stored relation between our own models."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in OURS:
            for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
                if field.is_relation and field.related_model is not None:
                    found.append((model, field))
    return found


def test_every_package_of_ours_has_a_layer():
    for package in sorted(OURS.values()):
        assert height(package) >= 0
    packages = {path.name for path in PACKAGE.iterdir() if (path / "apps.py").is_file()}
    assert packages == set(OURS.values())


def test_foreign_keys_point_down_or_stay_in_their_own_layer():
    against = []
    for model, field in relations():
        source, target = model._meta.app_label, field.related_model._meta.app_label
        if target not in OURS:
            continue
        if source != target and height(OURS[target]) >= height(OURS[source]):
            against.append(f"{model.__name__}.{field.name} → {target}.{field.related_model.__name__}")
    assert not against, "\n".join(against)


def test_the_walk_sees_relations():
    assert len(relations()) > 20


@pytest.mark.parametrize("record", record_types(), ids=lambda record: record._meta.label_lower)
def test_nothing_cascades_from_one_record_into_another(record):
    """Records are never hard-deleted, so no relation of theirs may delete them along."""
    cascading = [
        field.name
        for field in record._meta.local_fields
        if field.is_relation and getattr(field.remote_field, "on_delete", None) is models.CASCADE
    ]
    assert not cascading, f"{record._meta.label}: {cascading}"

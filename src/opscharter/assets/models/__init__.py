"""Assets and how they depend on each other."""

from opscharter.assets.models.asset import Asset
from opscharter.assets.models.relation import AssetRelation

__all__ = ["Asset", "AssetRelation"]

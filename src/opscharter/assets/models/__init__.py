from opscharter.assets.models.asset import Asset
from opscharter.assets.models.relation import AssetRelation
from opscharter.assets.models.type import AssetAttribute, AssetType

__all__ = ["Asset", "AssetAttribute", "AssetRelation", "AssetType"]

"""Assets, their types and details, how they depend on each other, who supports them, and what scans found."""

from opscharter.assets.models.asset import Asset
from opscharter.assets.models.relation import AssetRelation
from opscharter.assets.models.type import AssetAttribute, AssetType
from opscharter.assets.reconciliation.models import FoundHost, NetworkScan  # they build on the ones above
from opscharter.assets.support.models import SupportContract

__all__ = ["Asset", "AssetAttribute", "AssetRelation", "AssetType", "FoundHost", "NetworkScan", "SupportContract"]

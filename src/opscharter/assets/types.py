"""The asset types every installation begins with; a company changes and adds to them in the browser."""

from __future__ import annotations

from typing import Any

from opscharter.assets.models import AssetAttribute, AssetType
from opscharter.kernel.access.actor import Actor


def _detail(code: str, english: str, hant: str, hans: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "label": english, "label_zh_hant": hant, "label_zh_hans": hans, **more}


ENGINES = ["PostgreSQL", "MySQL", "Oracle", "SQL Server", "DM", "OceanBase", "MongoDB", "Redis"]
OS = _detail("os", "Operating system", "操作系統", "操作系统")
CPUS = _detail("cpus", "CPU cores", "CPU 核數", "CPU 核数", kind="number", least=1)
MEMORY = _detail("memory", "Memory", "內存", "内存", kind="number", least=0, unit="GB")
RACK = _detail("rack", "Rack and unit", "機櫃與 U 位", "机柜与 U 位")
FIRMWARE = _detail("firmware", "Firmware", "固件版本", "固件版本")
PORTS = _detail("ports", "Ports", "端口數", "端口数", kind="number", least=1)
RELEASE = _detail("release", "Release", "版本", "版本")
CAPACITY = _detail("capacity", "Capacity", "容量", "容量", kind="number", least=0, unit="TB")
RAID = _detail("raid", "RAID level", "RAID 等級", "RAID 级别", kind="choice", options=["0", "1", "5", "6", "10"])
ENCRYPTED = _detail("encrypted", "Disk encrypted", "磁盤已加密", "磁盘已加密", kind="yes-no")
ENGINE = _detail("engine", "Engine", "數據庫引擎", "数据库引擎", kind="choice", options=ENGINES)

DEFAULTS: list[tuple[str, str, str, str, list[dict[str, Any]]]] = [
    ("Rack server", "機架式服務器", "机架式服务器", "server", [OS, CPUS, MEMORY, RACK]),
    ("Virtual machine", "虛擬機", "虚拟机", "server", [OS, CPUS, MEMORY]),
    ("Switch", "交換機", "交换机", "network", [PORTS, FIRMWARE, RACK]),
    ("Firewall", "防火牆", "防火墙", "network", [FIRMWARE, RACK]),
    ("Relational database", "關係型數據庫", "关系型数据库", "database", [ENGINE, RELEASE]),
    ("Business application", "業務應用系統", "业务应用系统", "application", [RELEASE]),
    ("Storage array", "磁盤陣列", "磁盘阵列", "storage", [CAPACITY, RAID, RACK]),
    ("Workstation", "工作站", "工作站", "endpoint", [OS, MEMORY, ENCRYPTED]),
]


def install_types(actor: Actor) -> int:
    """Enter the default types unless there are some already; returns how many were entered."""
    if AssetType.objects.exists():
        return 0
    for label, hant, hans, kind, details in DEFAULTS:
        entered = AssetType(label=label, label_zh_hant=hant, label_zh_hans=hans, kind=kind).save_as(actor)
        for position, detail in enumerate(details, start=1):
            AssetAttribute(type=entered, position=position * 10, **detail).save_as(actor)
    return len(DEFAULTS)

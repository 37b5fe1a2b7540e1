"""There is one way to write a record; nobody reaches round it."""

import ast

from opscharter.kernel.records.record import record_types
from tests.architecture.tree import KERNEL, PACKAGE, modules, shown

ROOM = KERNEL / "records"
BACK_DOORS = {"rows_for_kernel", "_raw_delete", "save_base"}
WRITES = {"update", "delete", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def dotted(node: ast.AST) -> str:
    """Return a chain of names such as `models.Model.save`, or what of it is plain."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_only_the_room_of_records_uses_the_back_doors():
    found = []
    for path, tree in modules(PACKAGE):
        if ROOM in path.parents:
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute):
                continue
            unbound = dotted(node) in ("models.Model.save", "models.Model.delete", "models.QuerySet.update")
            if node.attr in BACK_DOORS or unbound:
                found.append(f"{shown(path, node.lineno)}: {node.attr}")
    assert not found, "\n".join(found)


def test_nobody_writes_records_through_the_base_manager():
    found = []
    for path, tree in modules(PACKAGE):
        if ROOM in path.parents:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
                text = ast.unparse(node.func)
                if "_base_manager" in text:
                    found.append(f"{shown(path, node.lineno)}: {text}")
    assert not found, "\n".join(found)


def test_no_raw_sql_writes_a_table_of_records():
    tables = {record._meta.db_table for record in record_types()}
    found = []
    for path, tree in modules(PACKAGE):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value.upper().split()
                if words[:1] in (["UPDATE"], ["DELETE"], ["INSERT"]) and any(table in node.value for table in tables):
                    found.append(shown(path, node.lineno))
    assert not found, "\n".join(found)

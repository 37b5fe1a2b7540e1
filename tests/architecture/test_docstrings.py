"""Public things of the kernel say what they are; so does every record."""

import ast
import re

import pytest

from opscharter.kernel.records.record import record_types
from tests.architecture.tree import KERNEL, modules, shown

Declared = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public_declarations(tree: ast.Module) -> list[Declared]:
    """Return the public classes and functions of a module, and the public methods of those classes."""
    found: list[Declared] = []
    for node in tree.body:
        if isinstance(node, Declared) and not node.name.startswith("_"):
            found.append(node)
    return found


def test_public_classes_and_functions_of_the_kernel_have_a_docstring():
    silent = []
    for path, tree in modules(KERNEL):
        for node in public_declarations(tree):
            excused = isinstance(node, ast.ClassDef) and (path.name == "apps.py" or node.name == "Command")
            if not excused and not ast.get_docstring(node):
                silent.append(f"{shown(path, node.lineno)}: {node.name}")
    assert not silent, "\n".join(silent)


def test_every_module_of_the_kernel_that_holds_code_says_what_it_is():
    silent = [
        shown(path)
        for path, tree in modules(KERNEL)
        if tree.body and path.name not in ("apps.py", "__init__.py") and not ast.get_docstring(tree)
    ]
    assert not silent, "\n".join(silent)


@pytest.mark.parametrize("record", record_types(), ids=lambda record: record._meta.label_lower)
def test_a_record_says_in_its_first_sentence_what_it_is(record):
    text = (record.__doc__ or "").strip()
    generated = text.startswith(f"{record.__name__}(")
    assert text, record._meta.label
    assert not generated, f"{record._meta.label} has only Django's own docstring"
    first = re.split(r"\n\s*\n", text)[0]
    assert first.endswith("."), f"{record._meta.label}: {first!r} is no sentence"

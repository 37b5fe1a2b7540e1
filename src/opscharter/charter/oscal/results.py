"""The latest results of checks as OSCAL assessment results, and what such a file says."""

from __future__ import annotations

import json
from typing import Any

from opscharter.charter.models import CheckResult
from opscharter.charter.oscal.parts import identifier, metadata, one, prop, props, with_props
from opscharter.charter.standing import latest_results
from opscharter.kernel import moment
from opscharter.kernel.controls.wording import told

Facts = dict[str, dict[str, Any]]


def facts() -> Facts:
    """Return what the latest results say, by check."""
    return {result.control: _facts(result) for result in latest_results().values()}


def _facts(result: CheckResult) -> dict[str, Any]:
    return {
        "clause": result.clause,
        "state": str(result.state),
        "value": "" if result.value is None else f"{result.value:.2f}",
        "population": str(result.population),
        "exceptions": str(result.exceptions),
        "omitted": str(result.omitted),
        "collected": result.collected_at.isoformat(),
        "expires": result.expires_at.isoformat(),
        "edition": result.edition,
        "mode": result.mode,
        "parameters": dict(result.parameters),
        "sample": [[label, pk, reason] for label, pk, _name, reason in result.sample],
        "hash": result.hash,
    }


FIGURES = ("clause", "state", "value", "population", "exceptions", "omitted", "edition", "mode", "hash")


def results_of(found: Facts, label: str) -> dict[str, Any]:
    """Return results as an OSCAL document; what the exceptions are called stays here, only their ids travel.

    Each says why it is one in the active language, and beside it in the form that any language is told from.
    """
    times = [each["collected"] for each in found.values()] or [moment.now().isoformat()]
    observations = [_observation(control, each) for control, each in found.items()]
    controls = sorted({f"clause-{each['clause']}" for each in found.values()})
    selection: dict[str, Any] = {"include-controls": [{"control-id": each} for each in controls]}
    if not controls:
        selection = {"include-all": {}}
    measured: dict[str, Any] = {
        "uuid": identifier("result", max(times)),
        "title": f"Checks of the regulation, version {label}",
        "description": "Every check over all live records, never a sample.",
        "start": min(times),
        "end": max(times),
        "reviewed-controls": {"control-selections": [selection]},
    }
    if observations:
        measured["observations"] = observations
        measured["findings"] = [_finding(control, each) for control, each in found.items()]
    about = metadata("Results of the regulation's checks", label, moment.now())
    about["last-modified"] = max(times)
    return {
        "assessment-results": {
            "uuid": identifier("results", max(times)),
            "metadata": about,
            "import-ap": {"href": f"#{identifier('plan', label)}"},
            "results": [measured],
        }
    }


def _observation(control: str, each: dict[str, Any]) -> dict[str, Any]:
    said = [prop("control", control), *(prop(name, each[name]) for name in FIGURES if each[name] != "")]
    said += [prop("parameter", json.dumps(value), name) for name, value in each["parameters"].items()]
    made = {
        "uuid": identifier("observation", each["hash"]),
        "title": control,
        "description": f"{each['population']} records measured, {each['exceptions']} exceptions.",
        "methods": ["TEST"],
        "collected": each["collected"],
        "expires": each["expires"],
    }
    if each["sample"]:
        made["relevant-evidence"] = [
            with_props(
                {"href": f"#{label}/{pk}", "description": " ".join(told(reason).split()) or "-"},
                [prop("reason", json.dumps(reason))],
            )
            for label, pk, reason in each["sample"]
        ]
    return with_props(made, said)


def _finding(control: str, each: dict[str, Any]) -> dict[str, Any]:
    state = "satisfied" if each["state"] == CheckResult.State.PASS else "not-satisfied"
    return {
        "uuid": identifier("finding", each["hash"]),
        "title": control,
        "description": f"The check answered: {each['state']}.",
        "target": {"type": "objective-id", "target-id": f"clause-{each['clause']}", "status": {"state": state}},
        "related-observations": [{"observation-uuid": identifier("observation", each["hash"])}],
    }


def facts_from(document: dict[str, Any]) -> Facts:
    """Read what a document of assessment results says of our checks; others' observations are passed over."""
    found: Facts = {}
    for result in document["results"]:
        for observation in result.get("observations", ()):
            control = one(observation, "control")
            if control:
                found[control] = _read(observation)
    return found


def _read(observation: dict[str, Any]) -> dict[str, Any]:
    evidence = observation.get("relevant-evidence", ())
    sample = []
    for each in evidence:
        label, _slash, pk = each["href"].removeprefix("#").partition("/")
        reason = one(each, "reason")
        kept = json.loads(reason) if reason else each["description"]
        sample.append([label, int(pk) if pk.isdecimal() else pk, kept])
    return {
        **{name: one(observation, name) for name in FIGURES},
        "collected": observation["collected"],
        "expires": observation.get("expires", ""),
        "parameters": {name: json.loads(value) for name, value in props(observation, "parameter")},
        "sample": sample,
    }

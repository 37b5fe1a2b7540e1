"""Four shapes from outside become one kind of signal; whatever cannot be read says why."""

import datetime as dt
import json

import pytest

from opscharter.service.alerts.shapes import Malformed, read


def as_bytes(content):
    return json.dumps(content).encode()


def test_a_time_of_the_year_one_means_that_it_still_fires_and_nine_decimals_are_read():
    item = {
        "status": "firing", "labels": {"alertname": "A"}, "startsAt": "2026-11-24T02:57:37.951943133Z",
        "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "f1",
    }  # fmt: skip
    (signal,) = read("alertmanager", as_bytes({"version": "4", "alerts": [item]})).signals
    assert (signal.firing, signal.ended_at, signal.fingerprint) == (True, None, "f1")
    assert signal.started_at == dt.datetime(2026, 11, 24, 2, 57, 37, 951943, tzinfo=dt.UTC)


def test_zabbix_tells_a_problem_and_its_end_under_the_same_trigger():
    problem = {
        "event_id": "91", "trigger_id": "7", "status": "1", "name": "Disk full", "severity": "Disaster",
        "host": "db01", "ip": "10.0.0.7", "event_date": "2026.11.25", "event_time": "10:20:30",
        "recovery_date": "{EVENT.RECOVERY.DATE}", "recovery_time": "{EVENT.RECOVERY.TIME}",
        "tags": [{"tag": "scope", "value": "capacity"}],
    }  # fmt: skip
    (first,) = read("zabbix", as_bytes(problem)).signals
    ended = {**problem, "status": "0", "recovery_date": "2026.11.25", "recovery_time": "10:30:00"}
    (second,) = read("zabbix", as_bytes(ended)).signals
    assert (first.title, first.severity, first.labels["scope"]) == ("db01: Disk full", 1, "capacity")
    assert first.fingerprint == second.fingerprint
    assert first.started_at == second.started_at
    assert (first.firing, second.firing) == (True, False)
    assert second.ended_at - first.started_at == dt.timedelta(minutes=9, seconds=30)


def test_grafana_needs_no_version_and_its_panel_is_where_to_look():
    item = {"status": "firing", "labels": {"alertname": "Slow"}, "panelURL": "http://grafana/p", "generatorURL": ""}
    (signal,) = read("grafana", as_bytes({"alerts": [item], "title": "[FIRING:1]"})).signals
    assert (signal.title, signal.link, signal.started_at) == ("Slow", "http://grafana/p", None)


def test_the_generic_shape_takes_one_alert_a_list_or_an_object_with_alerts():
    one = {"title": "Backup failed", "host": "db01"}
    for content in (one, [one], {"alerts": [one]}):
        (signal,) = read("generic", as_bytes(content)).signals
        assert (signal.title, signal.firing, signal.labels) == ("Backup failed", True, {"host": "db01"})


def test_a_link_that_is_no_web_address_is_left_out():
    (signal,) = read("generic", as_bytes({"title": "x", "link": "javascript:alert(1)"})).signals
    assert signal.link == ""


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("alertmanager", b"{", "not JSON"),
        ("alertmanager", b"\xff\xfe", "not UTF-8"),
        ("alertmanager", b"[" * 100_000, "not JSON"),
        ("alertmanager", b"[]", "must be an object"),
        ("alertmanager", b'{"version": "3", "alerts": []}', "version 4"),
        ("alertmanager", b'{"version": "4"}', "alerts”"),
        ("alertmanager", b'{"version": "4", "alerts": {}}', "must be a list"),
        ("alertmanager", b'{"version": "4", "alerts": [{"status": "firing"}]}', "labels"),
        ("alertmanager", b'{"version": "4", "alerts": [{"labels": {}, "status": "odd"}]}', "firing or resolved"),
        ("grafana", b'{"alerts": [{"labels": {}, "status": "firing", "startsAt": "noon"}]}', "not a time"),
        ("grafana", b'{"alerts": [{"labels": {}, "status": "firing", "startsAt": 1e300}]}', "not a time"),
        ("zabbix", b'{"name": "x", "status": "1"}', "event_id"),
        ("generic", b'{"status": "firing"}', "title"),
        ("generic", b'"text"', "must be an object"),
    ],
)
def test_what_cannot_be_read_says_why(kind, body, why):
    with pytest.raises(Malformed, match=why):
        read(kind, body)


def test_half_a_character_and_a_null_do_no_harm():
    (signal,) = read("generic", b'{"title": "a\\ud800\\u0000b"}').signals
    signal.title.encode()
    assert "\x00" not in signal.title

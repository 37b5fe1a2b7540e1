"""How each kind of system is told to deliver here: ready to be copied into its settings."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opscharter.service.alerts.models import AlertSource

ALERTMANAGER = """receivers:
  - name: opscharter
    webhook_configs:
      - url: {url}
        send_resolved: true
        http_config:
          authorization:
            credentials: {token}
"""
GRAFANA = """Type:                         Webhook
URL:                          {url}
HTTP method:                  POST
Authorization scheme:         Bearer
Authorization credentials:    {token}
"""
ZABBIX = """var request = new HttpRequest();
request.addHeader('Content-Type: application/json');
request.addHeader('Authorization: Bearer {token}');
request.post('{url}', value);
if (request.getStatus() !== 202) {{
  throw 'OpsCharter: ' + request.getStatus();
}}
return 'OK';

// {{ALERT.MESSAGE}} as the parameter "value"; the message template:
// {{"event_id": "{{EVENT.ID}}", "trigger_id": "{{TRIGGER.ID}}", "status": "{{EVENT.VALUE}}",
//  "name": "{{EVENT.NAME}}", "severity": "{{EVENT.SEVERITY}}", "host": "{{HOST.NAME}}", "ip": "{{HOST.IP}}",
//  "event_date": "{{EVENT.DATE}}", "event_time": "{{EVENT.TIME}}",
//  "recovery_date": "{{EVENT.RECOVERY.DATE}}", "recovery_time": "{{EVENT.RECOVERY.TIME}}",
//  "tags": {{EVENT.TAGSJSON}}}}
"""
GENERIC = """curl -X POST {url} \\
  -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' \\
  -d '{{"key": "backup-db01", "status": "firing", "severity": "critical",
       "title": "Backup of db01 failed", "host": "db01", "started_at": "2026-11-25T02:10:00+08:00"}}'
"""
SAMPLES = {
    AlertSource.Kind.ALERTMANAGER: (_("In alertmanager.yml:"), ALERTMANAGER),
    AlertSource.Kind.GRAFANA: (_("As a contact point:"), GRAFANA),
    AlertSource.Kind.ZABBIX: (_("As the script of a media type of the kind webhook:"), ZABBIX),
    AlertSource.Kind.GENERIC: (_("With any program that can send a request:"), GENERIC),
}
TOKEN = "TOKEN"  # stands in the sample until there is one


@dataclass(frozen=True)
class Connection:
    """Where a source delivers, and its settings ready to be copied."""

    address: str
    where: str | Promise
    sample: str


def connection_of(source: AlertSource, token: str = TOKEN) -> Connection:
    """Return how a source is connected."""
    address = f"{settings.PUBLIC_URL}/hooks/alerts/{source.code}/"
    where, sample = SAMPLES[AlertSource.Kind(source.kind)]
    return Connection(address, where, sample.format(url=address, token=token))

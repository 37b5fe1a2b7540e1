"""Chapter 1: general rules, and the regulation itself."""

import datetime as dt

from django.urls import path
from django.utils.translation import gettext_lazy as _

from opscharter.charter import resources
from opscharter.charter.acknowledgements.part import PART as ACKNOWLEDGEMENTS
from opscharter.charter.amendments.part import PART as AMENDMENTS
from opscharter.charter.attestations.part import PART as ATTESTATIONS
from opscharter.charter.corrective.part import PART as CORRECTIVE
from opscharter.charter.evaluation import run_all_checks
from opscharter.charter.frameworks.part import PART as FRAMEWORKS
from opscharter.charter.improvements.part import PART as IMPROVEMENTS
from opscharter.charter.install import install_default_regulation
from opscharter.charter.obligations.part import PART as OBLIGATIONS
from opscharter.charter.oscal.part import PART as OSCAL
from opscharter.charter.pages.clause import ClausePage, MeasurePage, SettingPage
from opscharter.charter.pages.figures import figures_of
from opscharter.charter.pages.guard_log import GuardLogExport, GuardLogPage
from opscharter.charter.pages.overrides import overrides_of
from opscharter.charter.pages.regulation import RegulationPage
from opscharter.charter.pages.results import CheckHistoryPage, ProofPage, ResultPage
from opscharter.charter.texts.part import PART as TEXTS
from opscharter.charter.waivers.part import PART as WAIVERS
from opscharter.kernel.access.actor import Reach
from opscharter.kernel.approvals.jobs import escalate_overdue_approvals
from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.declaration import Panel
from opscharter.kernel.resources.site import Chapter, Page

ALL = Reach.ALL
PUBLIC = (
    "clause", "checkresult", "correctiveitem", "obligation", "improvement", "waiver", "attestation", "attestationplan",
    "framework", "requirement",
)  # fmt: skip
"""What everyone who works here may see of the chapter; confirmations of reading are seen by whom they concern."""
GRANTS = {
    "everyone": [
        *((f"charter.{name}", "view", ALL) for name in PUBLIC),
        ("kernel.businesscalendar", "view", ALL), ("kernel.calendarday", "view", ALL),
    ],
    "service-manager": [
        ("kernel.businesscalendar", "create edit", ALL), ("kernel.calendarday", "create edit", ALL),
        ("kernel.controlsetting", "create", ALL), ("kernel.controlexception", "create", ALL),
        ("charter.checkresult", "create", ALL),
    ],
    "quality-supervisor": [("charter.checkresult", "create", ALL), ("kernel.guarddecision", "view", ALL)],
    "security-officer": [("kernel.auditentry", "view export", ALL)],
}  # fmt: skip

CHAPTER = Chapter(
    code="charter",
    number=1,
    label=_("General · regulation"),
    icon="book-2",
    pages=[
        Page(_("Regulation in force"), "/regulation/", "book-2", lambda actor: actor.may("charter.clause", "view")),
        Page(_("Audit trail"), "/audit/", "fingerprint", lambda actor: actor.may("kernel.auditentry", "view")),
        Page(_("Guard log"), "/regulation/guard-log/", "shield", lambda actor: actor.may("charter.clause", "view")),
    ],
    resources=[
        resources.clauses,
        resources.calendars,
        resources.calendar_days,
        resources.policies,
    ],
    parts=[
        AMENDMENTS,
        ACKNOWLEDGEMENTS,
        TEXTS,
        CORRECTIVE,
        WAIVERS,
        ATTESTATIONS,
        OBLIGATIONS,
        IMPROVEMENTS,
        OSCAL,
        FRAMEWORKS,
    ],
    grants=GRANTS,
    panels={
        "charter.clause": [
            Panel(_("Figures"), "charter/figures.html", figures_of),
            Panel(_("Overrides"), "charter/overrides.html", overrides_of),
        ]
    },
    setup=[install_default_regulation],
    schedules=[
        Schedule("charter.run-checks", run_all_checks, at=dt.time(6, 0)),
        Schedule("charter.escalate-approvals", escalate_overdue_approvals, every=dt.timedelta(minutes=5)),
    ],
    urls=[
        path("regulation/", RegulationPage.as_view(), name="regulation"),
        path("regulation/guard-log/", GuardLogPage.as_view(), name="guard-log"),
        path("regulation/guard-log/export/", GuardLogExport.as_view(), name="guard-log-export"),
        path("regulation/clauses/<str:number>/", ClausePage.as_view(), name="clause"),
        path("regulation/clauses/<str:number>/measure/", MeasurePage.as_view(), name="measure"),
        path("regulation/checks/<str:control>/", CheckHistoryPage.as_view(), name="check-history"),
        path("regulation/results/<int:pk>/", ResultPage.as_view(), name="check-result"),
        path("regulation/results/<int:pk>/proof/", ProofPage.as_view(), name="check-result-proof"),
        path("regulation/controls/<str:control>/", SettingPage.as_view(), name="control-setting"),
    ],
)

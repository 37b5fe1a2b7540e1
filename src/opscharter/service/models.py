"""Every record of the chapter, practice by practice: Django finds an app's models here."""

from opscharter.service.alerts.models import (
    Alert,
    AlertDoor,
    AlertGroup,
    AlertRule,
    AlertSource,
    Delivery,
    MajorCandidate,
    Occurrence,
)
from opscharter.service.changes.models import (
    BoardMeeting,
    Change,
    ChangeFreeze,
    ChangeTask,
    ChangeTemplate,
    ChangeWindow,
    UnauthorisedChange,
)
from opscharter.service.chat.models import Chat, ChatDesk, ChatMessage, ChatThread
from opscharter.service.complaints.models import Complaint
from opscharter.service.dispatch.models import AssignmentRule, Declined, EmployeeSkill, RuleTurn, Skill
from opscharter.service.emergencies.models import ContingencyPlan, ContingencyStep, Emergency, EmergencyTask
from opscharter.service.hotline.models import CallDraft, PhoneCall
from opscharter.service.knowledge.models import Article, ArticleFeedback, ArticleUse
from opscharter.service.levels.models import ClockEscalation, TeamLevel, TeamStay
from opscharter.service.mailbox.models import (
    Mailbox,
    MailboxProgress,
    MailboxSecret,
    MailMessage,
    OutgoingMail,
    RawMail,
)
from opscharter.service.maintenance.models import MaintenancePlan, OrderItem, PlanStep, WorkOrder
from opscharter.service.oncall.models import (
    Call,
    Callout,
    EscalationStep,
    Roster,
    RosterOverride,
    RosterShift,
    ShiftHandover,
    ShiftMember,
)
from opscharter.service.portal.models import CatalogueField
from opscharter.service.problems.models import Problem
from opscharter.service.reports.models import ReportDefinition, ReportMail, ServiceReport
from opscharter.service.satisfaction.models import Survey, SurveyRule
from opscharter.service.tickets.models import Incident, Macro, ServiceRequest, TestStep, TicketLink, Watcher
from opscharter.service.worktime.models import TimeEntry

__all__ = [
    "Alert",
    "AlertDoor",
    "AlertGroup",
    "AlertRule",
    "AlertSource",
    "Article",
    "ArticleFeedback",
    "ArticleUse",
    "AssignmentRule",
    "BoardMeeting",
    "Call",
    "CallDraft",
    "Callout",
    "CatalogueField",
    "Change",
    "ChangeFreeze",
    "ChangeTask",
    "ChangeTemplate",
    "ChangeWindow",
    "Chat",
    "ChatDesk",
    "ChatMessage",
    "ChatThread",
    "ClockEscalation",
    "Complaint",
    "ContingencyPlan",
    "ContingencyStep",
    "Declined",
    "Delivery",
    "Emergency",
    "EmergencyTask",
    "EmployeeSkill",
    "EscalationStep",
    "Incident",
    "Macro",
    "MailMessage",
    "Mailbox",
    "MailboxProgress",
    "MailboxSecret",
    "MaintenancePlan",
    "MajorCandidate",
    "Occurrence",
    "OrderItem",
    "OutgoingMail",
    "PhoneCall",
    "PlanStep",
    "Problem",
    "RawMail",
    "ReportDefinition",
    "ReportMail",
    "Roster",
    "RosterOverride",
    "RosterShift",
    "RuleTurn",
    "ServiceReport",
    "ServiceRequest",
    "ShiftHandover",
    "ShiftMember",
    "Skill",
    "Survey",
    "SurveyRule",
    "TeamLevel",
    "TeamStay",
    "TestStep",
    "TicketLink",
    "TimeEntry",
    "UnauthorisedChange",
    "Watcher",
    "WorkOrder",
]

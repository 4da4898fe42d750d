"""The tables, one area a file. Every key of a unit's data starts with ``ulp``."""

from rbmgeo.db.models.access import AccessLog
from rbmgeo.db.models.arrears import ArrearsReport, PaymentCheck
from rbmgeo.db.models.base import Base
from rbmgeo.db.models.consistency import ReadingAnswer
from rbmgeo.db.models.customer import Customer, CustomerPoint, CustomerService
from rbmgeo.db.models.deeds import HandoverDeed
from rbmgeo.db.models.desk import DeskDecision
from rbmgeo.db.models.energy import KwhMonth, KwhRow
from rbmgeo.db.models.events import GarduEvent, GarduEventDecision, GarduEventMember
from rbmgeo.db.models.fieldwork import OwnReading
from rbmgeo.db.models.forms import FormPrint, PrintedForm
from rbmgeo.db.models.grid import (
    Gardu,
    GarduMeter,
    JtrSpan,
    Penyulang,
    ServiceDrop,
    Street,
    Tiang,
)
from rbmgeo.db.models.handoff import Handoff, HandoffChange, HandoffFile
from rbmgeo.db.models.imports import (
    ImportBatch,
    ImportBefore,
    ImportFile,
    ImportList,
    ImportReject,
)
from rbmgeo.db.models.lists import Calendar, Officer, Pdpj, RbmList
from rbmgeo.db.models.map import MapCell, MapPoint, MapState
from rbmgeo.db.models.month_kept import MonthKept
from rbmgeo.db.models.month_signed import MonthClosed, MonthSigned
from rbmgeo.db.models.mutations import CustomerChange, MutationDecision, MutationRow
from rbmgeo.db.models.observations import SecondLook, SurveyObservation, SurveyStranger
from rbmgeo.db.models.people import (
    AccountSheet,
    AppSecret,
    AppSession,
    AppUser,
    CommandLog,
    Job,
    LoginTry,
    UserRbm,
    UserRole,
)
from rbmgeo.db.models.photo_test import PhotoCheck, PhotoSample, PhotoSampleItem
from rbmgeo.db.models.privacy import Erasure, PhotoGone
from rbmgeo.db.models.rbm import RbmMember, RbmRoute, RbmVersion
from rbmgeo.db.models.reading import Photo, PrepaidOrder, ReaderLog, Reading, Receivable
from rbmgeo.db.models.reading_calendar import Holiday, ReaderArea, ReadingPlan
from rbmgeo.db.models.region import BorderCandidate, UnitFigures, UnitMove, UnitMoveStep
from rbmgeo.db.models.schedule import AssignmentLetter, SurveySchedule
from rbmgeo.db.models.spelling import GarduAlias, SpellingDecision
from rbmgeo.db.models.stand_sample import StandCheck, StandLotWord, StandSample, StandSampleItem
from rbmgeo.db.models.stands import StandDecision, StandReady
from rbmgeo.db.models.unit import Ulp
from rbmgeo.db.models.unit_run import UnitRun
from rbmgeo.db.models.verification import (
    Verification,
    VerificationItem,
    VerificationStep,
    VersionGardu,
)
from rbmgeo.db.models.visit_moves import VisitMove
from rbmgeo.db.models.visits import (
    FieldDevice,
    FieldVisit,
    VisitEffect,
    VisitList,
    VisitOrder,
    VisitPhoto,
    VisitReview,
)
from rbmgeo.db.models.work import (
    Approval,
    Candidate,
    Finding,
    MatchRow,
    Proposal,
    Run,
    SurveyAnswer,
    SurveyTask,
)
from rbmgeo.db.models.workbench import RbmDraft, RbmDraftCommand, RbmOrderProposal

__all__ = [
    "AccessLog",
    "AccountSheet",
    "AppSecret",
    "AppSession",
    "AppUser",
    "Approval",
    "ArrearsReport",
    "AssignmentLetter",
    "Base",
    "BorderCandidate",
    "Calendar",
    "Candidate",
    "CommandLog",
    "Customer",
    "CustomerChange",
    "CustomerPoint",
    "CustomerService",
    "DeskDecision",
    "Erasure",
    "FieldDevice",
    "FieldVisit",
    "Finding",
    "FormPrint",
    "Gardu",
    "GarduAlias",
    "GarduEvent",
    "GarduEventDecision",
    "GarduEventMember",
    "GarduMeter",
    "Handoff",
    "HandoffChange",
    "HandoffFile",
    "HandoverDeed",
    "Holiday",
    "ImportBatch",
    "ImportBefore",
    "ImportFile",
    "ImportList",
    "ImportReject",
    "Job",
    "JtrSpan",
    "KwhMonth",
    "KwhRow",
    "LoginTry",
    "MapCell",
    "MapPoint",
    "MapState",
    "MatchRow",
    "MonthClosed",
    "MonthKept",
    "MonthSigned",
    "MutationDecision",
    "MutationRow",
    "Officer",
    "OwnReading",
    "PaymentCheck",
    "Pdpj",
    "Penyulang",
    "Photo",
    "PhotoCheck",
    "PhotoGone",
    "PhotoSample",
    "PhotoSampleItem",
    "PrepaidOrder",
    "PrintedForm",
    "Proposal",
    "RbmDraft",
    "RbmDraftCommand",
    "RbmList",
    "RbmMember",
    "RbmOrderProposal",
    "RbmRoute",
    "RbmVersion",
    "ReaderArea",
    "ReaderLog",
    "Reading",
    "ReadingAnswer",
    "ReadingPlan",
    "Receivable",
    "Run",
    "SecondLook",
    "ServiceDrop",
    "SpellingDecision",
    "StandCheck",
    "StandDecision",
    "StandLotWord",
    "StandReady",
    "StandSample",
    "StandSampleItem",
    "Street",
    "SurveyAnswer",
    "SurveyObservation",
    "SurveySchedule",
    "SurveyStranger",
    "SurveyTask",
    "Tiang",
    "Ulp",
    "UnitFigures",
    "UnitMove",
    "UnitMoveStep",
    "UnitRun",
    "UserRbm",
    "UserRole",
    "Verification",
    "VerificationItem",
    "VerificationStep",
    "VersionGardu",
    "VisitEffect",
    "VisitList",
    "VisitMove",
    "VisitOrder",
    "VisitPhoto",
    "VisitReview",
]

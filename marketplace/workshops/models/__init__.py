"""Who makes, who works there, who vouches for them, and who lists on whose behalf."""

from marketplace.workshops.models.applications import Application
from marketplace.workshops.models.assistance import Assistance, Consent, HandoverCode
from marketplace.workshops.models.members import Invitation, Member, Right
from marketplace.workshops.models.officers import ApplicationNote, Decision, Officer
from marketplace.workshops.models.places import Village, VillageText, Workshop, WorkshopText
from marketplace.workshops.models.visits import VisitDay, VisitDayText
from marketplace.workshops.models.voices import VoiceNote
from marketplace.workshops.models.waiting import WaitingPhoto

__all__ = [
    "Application",
    "ApplicationNote",
    "Assistance",
    "Consent",
    "Decision",
    "HandoverCode",
    "Invitation",
    "Member",
    "Officer",
    "Right",
    "Village",
    "VillageText",
    "VisitDay",
    "VisitDayText",
    "VoiceNote",
    "WaitingPhoto",
    "Workshop",
    "WorkshopText",
]

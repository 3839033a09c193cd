from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from mianzheng.people.rules.roles import ROLES
from mianzheng.web.ids import uuid7
from mianzheng.web.privacy import Card

KEEP = "账号存续期间及注销后三年"


class Accounts(BaseUserManager["Account"]):
    """Finds accounts by user name, as Django's sign-in asks for it."""


class Account(AbstractBaseUser):
    """Somebody who can sign in (账号): a resident, an officer of a department, an agent of a community.

    Rights come from `roles` alone; Django's groups and permissions are left out on purpose. A resident's name is in
    the vault only, so `display_name` is the post of staff (岗位) and empty for residents.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=150, unique=True)
    subject = models.UUIDField(null=True, blank=True, db_index=True)
    roles = ArrayField(models.TextField(), default=list, blank=True)
    department = models.TextField(blank=True, default="")
    place = models.TextField(blank=True, default="")
    display_name = models.TextField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Accounts] = Accounts()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []

    privacy = {
        "id": Card(personal=True, why="names the account in the log", keep=KEEP),
        "username": Card(personal=True, why="signing in; never an ID number", keep=KEEP),
        "password": Card(personal=True, why="signing in; a slow hash only", keep="账号存续期间"),
        "last_login": Card(personal=True, why="shows misuse of an account", keep=KEEP),
        "subject": Card(personal=True, why="whose account it is", keep=KEEP),
        "roles": Card(personal=True, why="what it may do", keep=KEEP),
        "department": Card(personal=True, why="for which office an officer acts", keep=KEEP),
        "place": Card(personal=True, why="for which community an agent acts", keep=KEEP),
        "display_name": Card(personal=False, why="the post an officer holds, as residents see it", keep=KEEP),
        "is_active": Card(personal=False, why="closes an account without losing who acted", keep=KEEP),
        "opened_at": Card(personal=False, why="when access began", keep=KEEP),
    }

    class Meta:
        db_table = "people_account"
        constraints = [
            models.CheckConstraint(condition=models.Q(roles__contained_by=list(ROLES)), name="people_account_roles"),
            models.CheckConstraint(
                condition=~models.Q(roles__contains=["officer"]) | ~models.Q(department=""),
                name="people_account_officer_has_office",
            ),
            models.CheckConstraint(
                condition=~models.Q(roles__contains=["centre"]) | ~models.Q(department=""),
                name="people_account_centre_has_office",
            ),
            models.CheckConstraint(
                condition=~models.Q(roles__contains=["asker"]) | ~models.Q(department=""),
                name="people_account_asker_has_office",
            ),
            models.CheckConstraint(
                condition=~models.Q(roles__contains=["head"]) | ~models.Q(department=""),
                name="people_account_head_has_office",
            ),
            models.CheckConstraint(
                condition=~models.Q(roles__contains=["agent"]) | ~models.Q(place=""),
                name="people_account_agent_has_place",
            ),
            models.CheckConstraint(
                condition=~models.Q(roles__contains=["resident"]) | models.Q(subject__isnull=False),
                name="people_account_resident_has_subject",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

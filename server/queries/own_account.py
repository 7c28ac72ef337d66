"""Their account, for the copy of all that is held about a person: how they sign in, never what with; how they read."""

import sqlalchemy as sa

from server.db import db
from server.models.checkins import LastPlace
from server.models.factors import RecoveryCode, SecondFactor
from server.models.identities import Identity
from server.models.invitations import Invitation
from server.models.people import Person
from server.models.sessions import SignInFailure, SignInSession
from server.models.views import ChosenColumns, View
from server.queries import people
from server.queries.rows import Pages, columns, mine_of, rows
from server.rules.access import Actor


def person(actor: Actor) -> Pages:
    """The account, with roles, refused sign-ins and, on duty, the last place known."""
    [account] = rows(sa.select(*columns(Person, leave={"password_hash"})).where(Person.id == actor.person_id))
    refused = sa.select(*columns(SignInFailure, leave={"username", "address"}))
    place = sa.select(*columns(LastPlace, leave={"person_id"})).where(LastPlace.person_id == actor.person_id)
    told = {
        **account,
        **people.me(actor),
        "sign_ins_refused": rows(refused.where(SignInFailure.username == account["username"])),
        "last_place": rows(place),
    }
    db.session.rollback()
    yield [told]


def factor(actor: Actor) -> Pages:
    """Whether one has a second factor and since when, with the recovery codes' times; never what they are."""
    mine = sa.select(*columns(SecondFactor, leave={"person_id", "sealed_seed", "last_step"}))
    codes = sa.select(*columns(RecoveryCode, leave={"person_id", "code_hash"}))
    of_them = rows(codes.where(RecoveryCode.person_id == actor.person_id).order_by(RecoveryCode.made_at))
    found = rows(mine.where(SecondFactor.person_id == actor.person_id))
    yield [each | {"recovery_codes": of_them} for each in found]


def identities(actor: Actor) -> Pages:
    """The county accounts they linked."""
    return mine_of(Identity, Identity.id, Identity.person_id == actor.person_id, leave={"person_id"})


def sessions(actor: Actor) -> Pages:
    """Their sign-ins, those that are over as well."""
    mine = SignInSession.person_id == actor.person_id
    return mine_of(SignInSession, SignInSession.id, mine, leave={"person_id", "cookie_hash"})


def invitations(actor: Actor) -> Pages:
    """The link by which they may set a password now, without its secret."""
    mine = Invitation.person_id == actor.person_id
    return mine_of(Invitation, Invitation.person_id, mine, leave={"person_id", "secret_hash"})


def views(actor: Actor) -> Pages:
    """The views of the visit log that they keep."""
    return mine_of(View, View.id, View.person_id == actor.person_id, leave={"person_id"})


def chosen_columns(actor: Actor) -> Pages:
    """The columns of the visit log that they chose."""
    mine = ChosenColumns.person_id == actor.person_id
    return mine_of(ChosenColumns, ChosenColumns.person_id, mine)

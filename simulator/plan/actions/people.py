"""Actions by users: what each does on the stage, and the episodes it leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from simulator.directory import identifiers, user_agents
from simulator.flows import access_portal, cli_sign_in, gaps, mfa, sign_in
from simulator.plan.background.workforce import OIDC_CLIENT
from simulator.plan.stage import Person, Session, Token
from simulator.primitives.instants import HOUR, SECOND
from simulator.primitives.keys import purpose
from simulator.scenario.actions import is_unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.flows.steps import Flow
    from simulator.plan.stage import Act, Stage
    from simulator.scenario.actions import (
        AdminDeleteMfaDevice,
        AdminRegisterMfaDevice,
        AdminRenameMfaDevice,
        BrowsePortal,
        CliSignIn,
        DeleteMfaDevice,
        Entry,
        RegisterMfaDevice,
        RenameMfaDevice,
        SignIn,
        SignOut,
    )


LONGEST_TOKEN: Final = 8 * HOUR
"""What a token without refresh lasts at most."""
_PORT: Final = purpose("redirect-port")
_PLATFORM: Final = purpose("platform")
_TOOL_DAYS: Final = 30
_CLIENTS: Final = ("cli", "toolkit-vscode", "toolkit-jetbrains", "sdk")
"""By place: which of a person's OIDC clients it is."""
_FACTORS: Final = {
    "none": sign_in.NO_FACTOR,
    "totp": sign_in.TOTP,
    "webauthn": sign_in.WEBAUTHN,
    "email-otp": sign_in.EMAIL_OTP,
}
_DEVICE_TYPES: Final = {"totp": mfa.TOTP, "webauthn": mfa.WEBAUTHN}
_ENROLMENT: Final = {"after": sign_in.ENROL_AFTER, "before": sign_in.ENROL_BEFORE}


def _typed(stage: Stage, entry: SignIn, person: Person | None) -> dict[str, int]:
    """Return how the user name was typed, and whether anybody has it."""
    text = entry.with_.username
    is_ad = stage.scenario.instance.identity_source.kind == "active-directory"
    name = None if person is None else person.name
    if text is None:
        return {"known": 1, "typed_form": 0, "typed": -1}
    return {
        "known": int(not is_unknown(text, name, active_directory=is_ad)),
        "typed_form": 3,
        "typed": stage.text(text),
    }


def _open_session(stage: Stage, act: Act[SignIn], person: Person, at: int) -> Session:
    pin = act.entry.pin.session_id
    session = Session(
        key=act.key.child("session"),
        ends_at=at + stage.scenario.instance.session_duration,
        pinned=-1 if pin is None else stage.text(pin),
    )
    person.sessions.put(act.entry.computer, session)
    person.tokens.by_computer.pop(act.entry.computer, None)
    return session


def session_columns(session: Session) -> dict[str, int]:
    """Return the columns of a portal session."""
    return {
        "session_high": session.key.high,
        "session_low": session.key.low,
        "session_end": session.ends_at,
        "pin_session": session.pinned,
    }


def _sign_in(stage: Stage, act: Act[SignIn]) -> int:
    entry = act.entry
    source = stage.scenario.instance.identity_source.kind
    is_ad = source == "active-directory"
    how = entry.with_
    stranger = act.user is None
    if stranger and how.username is not None:
        domain = stage.scenario.instance.identity_source.domain
        owner = stage.directory.users.meant(how.username, domain, active_directory=is_ad)
        person = None if owner is None else stage.person(act, owner)
    else:
        person = stage.person(act)
    if person is not None and not person.is_active:
        stage.refuse(act, f"{person.name} is deactivated by then")
    place = _sign_in_place(stage, act, person)
    pins = {
        f"pin_{name}": -1 if text is None else stage.text(text)
        for name, text in (
            ("workflow", entry.pin.workflow_id),
            ("credential", entry.pin.credential_id),
        )
    }
    session = act.key.child("session")
    shared = {
        **place,
        **pins,
        "session_high": session.high,
        "session_low": session.low,
        "pin_session": -1 if entry.pin.session_id is None else stage.text(entry.pin.session_id),
    }
    if source == "external-idp":
        end, signed_in = _by_idp(stage, act, shared)
    elif person is not None and (not person.has_password):
        end, signed_in = _by_email(stage, act, person, shared)
    else:
        end, signed_in = _by_password(stage, act, person, shared)
    if signed_in and person is not None:
        _open_session(stage, act, person, end)
    return end


def _sign_in_place(stage: Stage, act: Act[SignIn], person: Person | None) -> dict[str, int]:
    if person is not None:
        return stage.user_place(act, person)
    key = act.key.child("stranger")
    return {
        "user": -1,
        "address": stage.address(act, key, stage.any_home(key)),
        "agent": stage.agent(act, stage.program(act, key)),
        "region": stage.region(act),
    }


def _by_idp(stage: Stage, act: Act[SignIn], shared: dict[str, int]) -> tuple[int, bool]:
    answers = act.entry.with_.assertion
    signed_in = answers[-1] == "valid"
    refusals = [answer for answer in answers if answer != "valid"]
    end = stage.play(
        sign_in.SIGN_IN_BY_IDP,
        act,
        act.at,
        **shared,
        refusals=len(refusals),
        assertion_error=int("unexpected" in refusals),
        signed_in=int(signed_in),
    )
    return end, signed_in


def _by_email(
    stage: Stage, act: Act[SignIn], person: Person, shared: dict[str, int]
) -> tuple[int, bool]:
    how = act.entry.with_
    signed_in = how.code[-1] == "right"
    end = stage.play(
        sign_in.SIGN_IN_BY_EMAIL,
        act,
        act.at,
        **shared,
        known=1,
        code_tries=len(how.code),
        code_ok=int(signed_in),
        code_open=int(how.abandon == "code"),
        signed_in=int(signed_in),
    )
    if signed_in:
        person.has_password = True
        stage.timeline.touch(person.index)
        stage.timeline.change(person.index, end, has_password=True)
    return end, signed_in


def _factor(stage: Stage, act: Act[SignIn], person: Person) -> str:
    """Return what is asked for after the password: a factor, `enrol` or `block`."""
    how, settings = act.entry.with_, stage.scenario.instance.mfa
    if how.enrol is not None:
        return "enrol"
    if how.factor is not None:
        return str(how.factor)
    is_elsewhere = act.entry.is_elsewhere
    if settings.prompt == "never" or (settings.prompt == "context-aware" and not is_elsewhere):
        return "none"
    held = [kind for _, kind in person.devices.values()]
    if held:
        return held[-1]
    return {"allow": "none"}.get(settings.without_device, settings.without_device)


def _by_password(
    stage: Stage, act: Act[SignIn], person: Person | None, shared: dict[str, int]
) -> tuple[int, bool]:
    entry, how = act.entry, act.entry.with_
    typed = _typed(stage, entry, person)
    password_ok = how.password[-1] == "right" and person is not None and typed["known"] == 1
    wanted = _factor(stage, act, person) if password_ok and person is not None else "none"
    columns = {
        **shared,
        **typed,
        "password_tries": len(how.password),
        "password_ok": int(password_ok),
        "password_open": int(how.abandon == "password"),
        "factor": _FACTORS.get(wanted, sign_in.NO_FACTOR),
        "code_tries": 0,
        "code_ok": 0,
        "code_open": 0,
        "resync": 0,
        "signed_in": int(password_ok and wanted != "block"),
        "enrolment": sign_in.NO_ENROLMENT,
        "enrol_type": sign_in.TOTP,
        "device": 0,
        "device_name": -1,
    }
    if columns["password_ok"] and columns["factor"] != sign_in.NO_FACTOR:
        is_right = how.code[-1] == "right"
        columns |= {
            "code_tries": len(how.code),
            "code_ok": int(is_right),
            "code_open": int(how.abandon == "code"),
            "resync": int(how.resync),
            "signed_in": int(is_right or how.resync),
        }
    kind = name = ""
    if wanted == "enrol" and password_ok and person is not None:
        kind = how.enrol or stage.scenario.instance.mfa.devices[0]
        name = how.device_name or {"totp": "Authenticator app", "webauthn": "Security key"}[kind]
        columns |= {
            "enrolment": _ENROLMENT[stage.scenario.switches.enrolment],
            "enrol_type": _DEVICE_TYPES[kind],
            "device": _new_device(stage, act, None),
            "device_name": stage.text(name),
        }
    end = stage.play(sign_in.SIGN_IN, act, act.at, **columns)
    if person is not None:
        stage.timeline.touch(person.index)
        if kind:
            stage.add_device(person, end, name, kind, columns["device"])
    return end, bool(columns["signed_in"])


def _new_device(stage: Stage, act: Act[Entry], given: str | None) -> int:
    key = act.key.child("device")
    return stage.registry.add("device", id=given or identifiers.mfa_device_id(key.high, key.low))


def live(stage: Stage, act: Act[Entry]) -> tuple[Person, Session]:
    """Return who acts, and the portal session, which must not have ended."""
    person = stage.person(act)
    session = person.sessions.get(act.entry.computer)
    if session is None:
        stage.refuse(act, f"{person.name} has no portal session at this time: sign in first")
    if act.at >= session.ends_at:
        stage.refuse(act, f"the portal session of {person.name} has ended: sign in again first")
    return person, session


def _browse(stage: Stage, act: Act[BrowsePortal]) -> int:
    person, session = live(stage, act)
    columns = {**stage.user_place(act, person), **session_columns(session)}
    at = stage.play(access_portal.PORTAL, act, act.at, **columns)
    if act.entry.accounts:
        at += stage.pause(act, gaps.PAGE)
        at = stage.play(access_portal.PORTAL_ACCOUNTS, act, at, **columns)
    for name in act.entry.accounts:
        at += stage.pause(act, gaps.CLICK)
        account = stage.directory.accounts[name]
        at = stage.play(access_portal.PORTAL_ROLES, act, at, **columns, account=account)
    for _ in range(act.entry.applications):
        at += stage.pause(act, gaps.INSTANT)
        at = stage.play(access_portal.PORTAL_PROFILES, act, at, **columns)
    return at


def _token(stage: Stage, act: Act[Entry]) -> tuple[Person, Session, Token]:
    person, session = live(stage, act)
    token = person.tokens.get(act.entry.computer)
    if token is None:
        stage.refuse(act, f"{person.name} has not signed in with the CLI: add a cli-sign-in first")
    return person, session, token


def fresh_token(stage: Stage, act: Act[Entry]) -> tuple[Person, Session, Token]:
    """Return the CLI's token, which AWS accepts until it expires."""
    person, session, token = _token(stage, act)
    if act.at >= token.expires_at:
        stage.refuse(
            act, f"the CLI's token of {person.name} has expired: add a refresh-token before"
        )
    return person, session, token


def token_columns(token: Token) -> dict[str, int]:
    """Return the columns of what is called with an access token."""
    return {
        "by_token": 1,
        "token_high": token.key.high,
        "token_low": token.key.low,
        "token_expiry": token.expires_at,
    }


def tool_place(
    stage: Stage, act: Act[Entry], person: Person, tool: str, command: str
) -> dict[str, int]:
    """Return the address and agent of what a user does with a tool; the CLI runs a command."""
    place = stage.user_place(act, person, cli=command)
    if tool == "cli":
        return place
    key = stage.drawn_from(act, person.key).child("tool", tool)
    platform = key.below(len(user_agents.PLATFORMS) - 1, _PLATFORM)
    updated = user_agents.updated_at(key, act.at, _TOOL_DAYS)
    if tool == "sdk":
        text = user_agents.sdk_agent(platform, updated).text
    else:
        installation = identifiers.uuid4_text(key.high, key.low)
        text = user_agents.TOOLKITS[tool](platform, updated, installation).text
    return {**place, "agent": stage.agent(act, stage.registry.intern("agent", text))}


def _lifetime(session: Session, at: int, *, is_refreshable: bool) -> int:
    """Return how long a token lasts: an hour, or what is left of the session up to 8 hours."""
    if is_refreshable:
        return min(HOUR, session.ends_at - at)
    return min(LONGEST_TOKEN, session.ends_at - at)


def _cli_sign_in(stage: Stage, act: Act[CliSignIn]) -> int:
    person, session = live(stage, act)
    entry = act.entry
    client = person.key.nth(OIDC_CLIENT, _CLIENTS.index(entry.client))
    place = tool_place(stage, act, person, entry.client, "sso.login")
    lifetime = _lifetime(session, act.at, is_refreshable=entry.refreshable)
    columns = {
        **place,
        **session_columns(session),
        "client_high": client.high,
        "client_low": client.low,
        "expires_in": lifetime // SECOND,
    }
    if entry.grant == "device-code":
        end = stage.play(cli_sign_in.DEVICE_GRANT, act, act.at, **columns, polls=entry.polls)
    else:
        port = 49_152 + act.key.below(16_384, _PORT)
        end = stage.play(cli_sign_in.CODE_GRANT, act, act.at, **columns, redirect_port=port)
    # The token's own lifetime counts from the second in which it was given.
    expires = end // SECOND * SECOND + lifetime // SECOND * SECOND
    token = Token(act.key.child("token"), expires, client, entry.refreshable, entry.client)
    person.tokens.put(entry.computer, token)
    if entry.list_accounts:
        listing = {**place, **session_columns(session), **token_columns(token)}
        end += stage.pause(act, gaps.PAGE)
        end = stage.play(access_portal.PORTAL_ACCOUNTS, act, end, **listing)
        for account in sorted({account for account, _ in stage.allowed(person)}):
            end += stage.pause(act, gaps.CLICK)
            end = stage.play(access_portal.PORTAL_ROLES, act, end, **listing, account=account)
    return end


def _refresh(stage: Stage, act: Act[Entry]) -> int:
    person, session, token = _token(stage, act)
    if not token.is_refreshable:
        stage.refuse(act, f"the CLI sign-in of {person.name} is not refreshable")
    lifetime = _lifetime(session, act.at, is_refreshable=True)
    end = stage.play(
        cli_sign_in.REFRESH_GRANT,
        act,
        act.at,
        **tool_place(stage, act, person, token.tool, "sts.get-caller-identity"),
        **session_columns(session),
        client_high=token.client.high,
        client_low=token.client.low,
        expires_in=lifetime // SECOND,
    )
    expires = end // SECOND * SECOND + lifetime // SECOND * SECOND
    fresh = replace(token, key=act.key.child("token"), expires_at=expires)
    person.tokens.put(act.entry.computer, fresh)
    return end


def _sign_out(stage: Stage, act: Act[SignOut]) -> int:
    if act.entry.with_tool == "cli":
        person, session, token = fresh_token(stage, act)
        place = tool_place(stage, act, person, token.tool, "sso.logout")
        columns = {**place, **token_columns(token)}
        person.tokens.drop(act.entry.computer)
    else:
        person, session = live(stage, act)
        columns = stage.user_place(act, person)
        person.sessions.drop(act.entry.computer)
        person.tokens.drop(act.entry.computer)
    return stage.play(access_portal.SIGN_OUT, act, act.at, **columns, **session_columns(session))


def device_of(stage: Stage, act: Act[Entry], person: Person, name: str) -> tuple[int, str]:
    """Return a device by its present name: position and type."""
    if name not in person.devices:
        stage.refuse(act, f"{person.name} has no MFA device {name!r} at this time")
    return person.devices[name]


def _self(stage: Stage, act: Act[Entry]) -> tuple[Person, dict[str, int]]:
    person, session = live(stage, act)
    return person, {**stage.user_place(act, person), **session_columns(session)}


def register(  # noqa: PLR0913  # who, whom, what and how
    stage: Stage,
    act: Act[RegisterMfaDevice | AdminRegisterMfaDevice],
    person: Person,
    flow: Flow,
    columns: dict[str, int],
    *,
    completes: bool,
) -> int:
    """Register a device for a user, by the user or an administrator."""
    entry = act.entry
    if entry.name in person.devices:
        stage.refuse(act, f"{person.name} has an MFA device {entry.name!r} already")
    device = _new_device(stage, act, entry.device_id)
    end = stage.play(
        flow,
        act,
        act.at,
        **columns,
        device=device,
        device_name=stage.text(entry.name),
        device_type=_DEVICE_TYPES[entry.type],
        completes=int(completes),
    )
    if completes:
        stage.add_device(person, end, entry.name, entry.type, device)
    return end


def rename(
    stage: Stage,
    act: Act[RenameMfaDevice | AdminRenameMfaDevice],
    person: Person,
    flow: Flow,
    columns: dict[str, int],
) -> int:
    """Rename a user's device."""
    entry = act.entry
    device, kind = device_of(stage, act, person, entry.device)
    del person.devices[entry.device]
    person.devices[entry.name] = (device, kind)
    return stage.play(
        flow, act, act.at, **columns, device=device, device_name=stage.text(entry.name)
    )


def delete(
    stage: Stage,
    act: Act[DeleteMfaDevice | AdminDeleteMfaDevice],
    person: Person,
    flow: Flow,
    columns: dict[str, int],
) -> int:
    """Remove a user's device."""
    name = act.entry.device
    device, _ = device_of(stage, act, person, name)
    end = stage.play(flow, act, act.at, **columns, device=device, device_name=stage.text(name))
    stage.remove_device(person, end, name)
    return end


def _register(stage: Stage, act: Act[RegisterMfaDevice]) -> int:
    person, columns = _self(stage, act)
    return register(stage, act, person, mfa.REGISTER, columns, completes=act.entry.completes)


def _rename(stage: Stage, act: Act[RenameMfaDevice]) -> int:
    person, columns = _self(stage, act)
    return rename(stage, act, person, mfa.RENAME, columns)


def _delete(stage: Stage, act: Act[DeleteMfaDevice]) -> int:
    person, columns = _self(stage, act)
    return delete(stage, act, person, mfa.DELETE, columns)


def _list(stage: Stage, act: Act[Entry]) -> int:
    _, columns = _self(stage, act)
    return stage.play(mfa.LIST, act, act.at, **columns)


ACTIONS: Final[dict[str, Callable[[Stage, Act[Any]], int]]] = {
    "sign-in": _sign_in,
    "browse-portal": _browse,
    "cli-sign-in": _cli_sign_in,
    "refresh-token": _refresh,
    "sign-out": _sign_out,
    "register-mfa-device": _register,
    "rename-mfa-device": _rename,
    "delete-mfa-device": _delete,
    "list-mfa-devices": _list,
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""

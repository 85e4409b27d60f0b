"""The instance as its administrators have made it, and the ids of what they made."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class InstanceState:
    """What a storyline has done to the instance."""

    source: str
    """The kind of identity source."""
    directory: str
    """The id of the directory that users come from."""
    idp: str = ""
    """The id of the external identity provider's configuration."""
    changes: int = 0
    """How often the identity source was changed."""
    has_service_access: bool = False
    """Whether the storyline has granted Identity Center access to the organization."""
    tenant: str = ""
    """The id of the tenant that an identity provider pushes to."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Names of its tokens, to their ids."""
    has_attributes: bool = False
    """Whether attributes for access control are configured."""

from relasi.kit.access.models.key import ApiKey, IdempotentAnswer
from relasi.kit.access.models.role import FieldRule, Grant, Role, Share
from relasi.kit.access.models.team import Team
from relasi.kit.access.models.user import Invitation, User

__all__ = ["ApiKey", "FieldRule", "Grant", "IdempotentAnswer", "Invitation", "Role", "Share", "Team", "User"]

namespace Culvert.Identity.Service.Events;

internal enum SecurityNoticeType
{
    /// <summary>A test of the connection.</summary>
    Verification,

    /// <summary>A person was off-boarded.</summary>
    SessionRevoked,

    /// <summary>A person was off-boarded because a directory deactivated or deleted the account.</summary>
    AccountDisabled,

    /// <summary>Access tokens were revoked, or the grant of a person ended, without an off-boarding.</summary>
    TokenRevoked,

    /// <summary>An agent's enrollment was revoked.</summary>
    AgentRevoked,

    /// <summary>An enrollment claimed the instance of another agent.</summary>
    AgentInstanceRefused,
}

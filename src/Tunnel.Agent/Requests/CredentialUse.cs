namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Which credential the agent sends to an upstream: for records and checks, and never a value.</summary>
/// <param name="Subject">Whom it represents, such as the client id, or the subject of the caller's token.</param>
/// <param name="ExpiresAt">Null if the agent does not know it.</param>
internal sealed record CredentialUse(string Subject, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>Whether the subject names or describes the caller. Only the record of the call has such a subject.</summary>
    public bool IsCallers { get; init; }
}

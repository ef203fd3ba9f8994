namespace Culvert.Tunnel.Agent.Requests;

/// <summary>A request for a person's approval.</summary>
/// <param name="Id">What the approver finds it by.</param>
/// <param name="ExpiresAt">Until when it can be decided, and its approval be used.</param>
internal sealed record ApprovalTicket(string Id, DateTimeOffset ExpiresAt)
{
    /// <summary>Names the agent's question about the page among those of a server, and the client's answer to it.</summary>
    public const string AnswerMember = "culvert.approval";

    /// <summary>Where it is decided, for a client that can open pages; null = the client gets an error instead.</summary>
    public Uri? Page { get; init; }
}

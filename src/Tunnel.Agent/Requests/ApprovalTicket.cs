namespace Culvert.Tunnel.Agent.Requests;

/// <summary>A request for a person's approval.</summary>
/// <param name="Id">The id by which the approver finds the request.</param>
/// <param name="ExpiresAt">When the request can no longer be decided, and its approval no longer be used.</param>
internal sealed record ApprovalTicket(string Id, DateTimeOffset ExpiresAt)
{
    /// <summary>
    /// The member of the agent's question about the page, and of the client's answer to that question.
    /// </summary>
    public const string AnswerMember = "culvert.approval";

    /// <summary>
    /// The page where a person decides, for a client that can open pages; null = the client gets an error.
    /// </summary>
    public Uri? Page { get; init; }
}

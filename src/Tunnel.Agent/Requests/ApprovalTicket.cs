namespace Culvert.Tunnel.Agent.Requests;

/// <summary>A request for a person's approval.</summary>
/// <param name="Id">What the approver finds it by.</param>
/// <param name="ExpiresAt">Until when it can be decided, and its approval be used.</param>
internal sealed record ApprovalTicket(string Id, DateTimeOffset ExpiresAt);

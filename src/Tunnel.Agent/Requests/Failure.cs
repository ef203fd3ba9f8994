namespace Culvert.Tunnel.Agent.Requests;

/// <summary>A reason for which the agent answers a request itself.</summary>
/// <param name="Reason">Stable code <c>hop.reason</c>; the value of the <c>culvert-reason</c> header.</param>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Type">The error type in the agent's own envelope.</param>
/// <param name="Message">One sentence for the caller. It never contains request data.</param>
/// <param name="Cause">The usual cause, for the documentation.</param>
/// <param name="NextStep">What the reader should do, for the documentation.</param>
internal sealed record Failure(string Reason, int Status, string Type, string Message, string Cause, string NextStep)
{
    /// <summary>The code of the JSON-RPC error if the caller waits for one; null = the agent's own envelope.</summary>
    public int? RpcCode { get; init; }

    /// <summary>The versions that a refusal of the caller's protocol version lists; null in all others.</summary>
    public VersionsOffered? Versions { get; init; }

    /// <summary>The request for approval that a person has to decide, or has rejected; null in all others.</summary>
    public ApprovalTicket? Ticket { get; init; }

    /// <summary>The page where the caller connects their account; null in all others.</summary>
    public ConnectPage? Connect { get; init; }

    /// <summary>The part of a composed tool's call that failed; null in all others.</summary>
    public FailedStep? Step { get; init; }

    /// <summary>
    /// After how many seconds the caller may retry: the <c>Retry-After</c> header; 0 = no such header.
    /// </summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>The <c>Allow</c> header, which a 405 requires (RFC 9110 §15.5.6); null in all others.</summary>
    public string? Allow { get; init; }

    /// <summary>The hop that failed; the value of the <c>culvert-failed-hop</c> header.</summary>
    public string HopName { get; } = Reason.Split('.')[0];
}

/// <param name="Name">The step; empty if it was none.</param>
/// <param name="Detail">A code of the member, or a position or a name in the operator's file. Never a value of a call.</param>
internal sealed record FailedStep(string Name, string Detail);

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>One reason for which the agent answers a request itself.</summary>
/// <param name="Hop">The hop that failed.</param>
/// <param name="Reason">Stable code <c>area.reason</c>; the value of the <c>culvert-reason</c> header.</param>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Type">Error type of the envelope.</param>
/// <param name="Message">One sentence for the caller; never contains request data.</param>
/// <param name="Cause">What usually leads here; for the documentation.</param>
/// <param name="NextStep">What the reader should do; for the documentation.</param>
internal sealed record Failure(
    FailedHop Hop,
    string Reason,
    int Status,
    string Type,
    string Message,
    string Cause,
    string NextStep
)
{
    /// <summary>Where the caller waits for a JSON-RPC answer: the code of an error with its id. Null = our envelope.</summary>
    public int? RpcCode { get; init; }

    /// <summary>What a refusal of the caller's protocol version says besides; null in all others.</summary>
    public VersionsOffered? Versions { get; init; }

    /// <summary>The request for approval that a person has to decide, or has rejected; null in all others.</summary>
    public ApprovalTicket? Ticket { get; init; }

    /// <summary>When the caller may try again: the <c>Retry-After</c> header; 0 = it has none.</summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>What a 405 owes (RFC 9110 §15.5.6): the <c>Allow</c> header; null in all others.</summary>
    public string? Allow { get; init; }

    /// <summary>The header value of <see cref="Hop"/>.</summary>
    public string HopName { get; } =
        Hop switch
        {
            FailedHop.Edge => "edge",
            FailedHop.Agent => "agent",
            FailedHop.Policy => "policy",
            _ => "upstream",
        };
}

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>How one request to the control plane ended.</summary>
internal sealed record ControlReply
{
    /// <summary>0 where no response arrived.</summary>
    public int Status { get; init; }

    /// <summary>The provider's stable code of an error; empty for none.</summary>
    public string Code { get; init; } = "";

    /// <summary>The provider's id of the request, for its support; empty for none.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>The least wait before the next attempt; null = the control plane asks for none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>When the headers of the response arrived.</summary>
    public long ReceivedAt { get; init; }

    /// <summary>Of a successful poll.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>False if it is certain that the control plane got nothing of the request.</summary>
    public bool MayHaveArrived { get; init; } = true;

    /// <summary>Why there is no response, for the operator; never a secret. Empty where there is one.</summary>
    public string Detail { get; init; } = "";

    public bool IsSuccess => Status is 200 or 204;

    /// <summary>What happened, for logs, readiness and the status page.</summary>
    public string Describe() =>
        Status == 0 ? Detail
        : Detail.Length > 0 ? $"Status {Status}: {Detail}"
        : $"Status {Status}{(Code.Length > 0 ? $" {Code}" : "")}{(RequestId.Length > 0 ? $", request {RequestId}" : "")}.";
}

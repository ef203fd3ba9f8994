namespace Culvert.Tunnel.Agent.LongPoll;

internal sealed record ControlReply
{
    /// <summary>0 if no response arrived.</summary>
    public int Status { get; init; }

    /// <summary>The provider's stable error code; empty for none.</summary>
    public string Code { get; init; } = "";

    /// <summary>The provider's request id, for its support; empty for none.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>How a client may authenticate (RFC 9110 §11.6.1), as the control plane wrote it; empty for none.</summary>
    public string Challenge { get; init; } = "";

    /// <summary>The minimum wait before the next attempt; null if the control plane requests none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public long ReceivedAt { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>False if it is certain that the control plane received no part of the request.</summary>
    public bool MayHaveArrived { get; init; } = true;

    /// <summary>Why there is no response, for the operator; never contains a secret. Empty if there is a response.</summary>
    public string Detail { get; init; } = "";

    public bool IsSuccess => Status is 200 or 204;

    public string Describe() =>
        Status == 0 ? Detail
        : Detail.Length > 0 ? $"Status {Status}: {Detail}"
        : $"Status {Status}{(Code.Length > 0 ? $" {Code}" : "")}{(RequestId.Length > 0 ? $", request {RequestId}" : "")}.";
}

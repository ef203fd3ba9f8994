using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// One command of a poll, with all that the agent goes by. Every text of one that is served is bounded and free of control
/// characters.
/// </summary>
internal sealed record TunnelCommand
{
    private const int MostNameCharacters = 256;

    /// <summary>The control plane's id. Two commands under way do not share one.</summary>
    public required string RequestId { get; init; }

    /// <summary>Opaque; goes back as a header with each answer, and nowhere else.</summary>
    public required string ShardToken { get; init; }

    public required CommandType Type { get; init; }

    public required string Channel { get; init; }

    /// <summary>When the headers of the poll's response arrived (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>When the product's request reached the control plane, as that reports; null = it does not say it readably.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>From the receipt to the end of the last answer; null = the control plane gives no deadline.</summary>
    public TimeSpan? ResponseTimeout { get; init; }

    /// <summary>Those of the product's request that may be forwarded.</summary>
    public IReadOnlyList<KeyValuePair<string, string[]>> Headers { get; init; } = [];

    /// <summary>The product's own id of its request, for its logs; empty for none.</summary>
    public string ClientRequestId { get; init; } = "";

    /// <summary>The JSON-RPC message, byte for byte; empty for other commands.</summary>
    public ReadOnlyMemory<byte> Message { get; init; }

    /// <summary>Why it is answered without being served; null = it is served.</summary>
    public Failure? Refusal { get; init; }

    /// <summary>The word for it in log and metrics; empty where it is served.</summary>
    public string RefusedFor { get; init; } = "";

    /// <summary>
    /// The id for the log: shortened, and without control characters, which could look like another line.
    /// </summary>
    public string Name =>
        RequestId.Length <= MostNameCharacters && !RequestId.Any(char.IsControl)
            ? RequestId
            : string.Concat(RequestId.Take(MostNameCharacters).Select(c => char.IsControl(c) ? '?' : c));

    /// <summary>The shard token is a capability, so no text of a command contains it.</summary>
    public override string ToString() => $"{Type} {Name}";
}

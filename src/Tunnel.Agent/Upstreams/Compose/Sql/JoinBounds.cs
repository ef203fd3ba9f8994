namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>What one run of a statement may use.</summary>
/// <param name="MaxRows">The rows of the result; the statement stops after one more.</param>
internal sealed record JoinBounds(int MaxRows)
{
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(2);

    public long MaxHeapBytes { get; init; } = 64L << 20;

    /// <summary>The size of the result: characters of text, and eight for each number.</summary>
    public long MaxResultBytes { get; init; } = 1L << 20;
}

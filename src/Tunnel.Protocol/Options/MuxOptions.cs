using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Protocol.Options;

/// <summary>Bounds and clocks of one outer connection. The defaults are those of the protocol note.</summary>
public sealed record MuxOptions
{
    /// <summary>Told to the peer in HELLO: the agent's instance id, or the edge id. 1 to 128 visible ASCII characters.</summary>
    public required string InstanceId { get; init; }

    /// <summary>
    /// Credit that every stream of the peer has from HELLO, whatever else happens (W1). 16 KiB to 16 MiB, default 64 KiB.
    /// Memory is bounded by <see cref="MaxStreams"/> times this, plus <see cref="WindowBudgetBytes"/>.
    /// </summary>
    public int StreamWindowBytes { get; init; } = 64 * 1024;

    /// <summary>Credit that all streams of this connection may have beyond that. 0 = windows do not grow. Default 64 MiB.</summary>
    public long WindowBudgetBytes { get; init; } = WindowBudget.ConnectionBytes;

    /// <summary>The budget that all connections of the process share; null = none.</summary>
    public WindowBudget? ProcessWindows { get; init; }

    /// <summary>Streams open at once, told to the peer in HELLO (W3). 1 to 16,384, default 1,024.</summary>
    public int MaxStreams { get; init; } = 1024;

    /// <summary>The peer's HELLO must have arrived by then (W7). Default 5 s.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Our HELLO waits for <see cref="MuxConnection.Accept"/>: a peer that has it knows that it is served. Default false.
    /// </summary>
    public bool HoldsHello { get; init; }

    /// <summary>Silence after which PING is sent (W4). Default 5 s.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence after a PING that ends the connection (W4). Default 10 s.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A write that makes no progress for so long ends the connection (W5). Default 30 s.</summary>
    public TimeSpan WriteStall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many bytes the peer's machine has taken: progress of a write that is under way, which may be larger than a slow
    /// peer takes within <see cref="WriteStall"/>. Null result = not known now; null = a write's end alone is progress.
    /// </summary>
    public Func<long?>? BytesTaken { get; init; }

    /// <summary>
    /// How long a stream whose handler has unwound may still deliver what was written and wait for the peer's FIN
    /// before it is reset. Default 30 s.
    /// </summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Continue a stream's reader on the read loop's thread when bytes arrive, instead of on the thread pool. Saves a
    /// thread hop per frame; right only for readers that never block or compute, as the edge's relay. Default false.
    /// </summary>
    public bool RunReadersInline { get; init; }

    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    internal void Validate()
    {
        if (StreamWindowBytes is < TunnelProtocol.MaxDataBytes or > TunnelProtocol.MaxWindowBytes)
        {
            throw new ArgumentException("StreamWindowBytes must be 16 KiB to 16 MiB.");
        }

        if (WindowBudgetBytes < 0)
        {
            throw new ArgumentException("WindowBudgetBytes must not be negative.");
        }

        if (MaxStreams is < 1 or > TunnelProtocol.MaxStreamsCeiling)
        {
            throw new ArgumentException("MaxStreams must be 1 to 16384.");
        }

        if (
            InstanceId.Length is < 1 or > HelloCodec.MaxInstanceIdBytes
            || InstanceId.AsSpan().ContainsAnyExceptInRange('\x21', '\x7e')
        )
        {
            throw new ArgumentException("InstanceId must be 1 to 128 visible ASCII characters.");
        }
    }
}

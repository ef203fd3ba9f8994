using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Protocol.Options;

/// <summary>Limits and timeouts of an outer connection. The defaults are those of the protocol note.</summary>
public sealed record MuxOptions
{
    /// <summary>Sent in HELLO: the agent's instance id, or the edge id. 1 to 128 visible ASCII characters.</summary>
    public required string InstanceId { get; init; }

    /// <summary>
    /// Initial credit of every stream of the peer, sent in HELLO (W1). 16 KiB to 16 MiB, default 64 KiB. Memory is at most
    /// <see cref="MaxStreams"/> times this, plus <see cref="WindowBudgetBytes"/>.
    /// </summary>
    public int StreamWindowBytes { get; init; } = 64 * 1024;

    /// <summary>Further credit for all streams of this connection. 0 = windows do not grow. Default 64 MiB.</summary>
    public long WindowBudgetBytes { get; init; } = WindowBudget.ConnectionBytes;

    /// <summary>The budget shared by all connections of the process; null = none.</summary>
    public WindowBudget? ProcessWindows { get; init; }

    /// <summary>Concurrent streams, sent in HELLO (W3). 1 to 16,384, default 1,024.</summary>
    public int MaxStreams { get; init; } = 1024;

    /// <summary>Time limit for the peer's HELLO (W7). Default 5 s.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Sends our HELLO only on <see cref="MuxConnection.Accept"/>, to confirm admission. Default false.</summary>
    public bool HoldsHello { get; init; }

    /// <summary>Silence before a PING (W4). Default 5 s.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence after a PING before the connection is closed (W4). Default 10 s.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time without progress of a write before the connection is closed (W5). Default 30 s.</summary>
    public TimeSpan WriteStall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Returns the bytes that the peer's machine has acknowledged, which shows progress of a write that a slow peer needs
    /// longer for than <see cref="WriteStall"/>. Null result = unknown now; null = only a completed write is progress.
    /// </summary>
    public Func<long?>? BytesTaken { get; init; }

    /// <summary>How long a stream without a handler may flush and wait for the peer's FIN. Default 30 s.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Runs a stream's reader on the read loop's thread, which saves a thread switch per frame. Only for readers that never
    /// block or compute, like the edge's relay. Default false.
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

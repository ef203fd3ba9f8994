using System.Diagnostics.CodeAnalysis;

namespace Culvert.Tunnel.Protocol;

/// <summary>One outer connection between edge and agent that carries many streams.</summary>
public sealed class MuxConnection : IAsyncDisposable
{
    /// <param name="transport">The authenticated outer connection; owned and disposed by this object.</param>
    /// <param name="role">Which end this is.</param>
    /// <param name="options">Bounds and clocks.</param>
    /// <param name="time">The only clock used.</param>
    public MuxConnection(Stream transport, MuxRole role, MuxOptions options, TimeProvider time) =>
        throw new NotSupportedException();

    /// <summary>The peer's HELLO; faulted with <see cref="IOException"/> if the connection ends before it.</summary>
    public Task<Hello> PeerHello => throw new NotSupportedException();

    /// <summary>The peer's first GOAWAY; cancelled if the connection ends without one.</summary>
    public Task<PeerGoAway> PeerGoAway => throw new NotSupportedException();

    /// <summary>Why the connection is over; null while it is not.</summary>
    public MuxOutcome? Outcome => throw new NotSupportedException();

    /// <summary>Streams that occupy one of the <see cref="MuxOptions.MaxStreams"/> (W3).</summary>
    public int OpenStreams => throw new NotSupportedException();

    /// <summary>Edge: whether <see cref="TryOpen"/> may succeed: HELLO received, no GOAWAY on either side.</summary>
    public bool AcceptsStreams => throw new NotSupportedException();

    /// <summary>Runs the connection. Completes, never faults, when it is over and the transport is closed.</summary>
    /// <param name="cancellationToken">Ends the connection at once with <see cref="ConnectionErrorCode.Shutdown"/>.</param>
    public Task RunAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Agent: the next stream that the edge opened, oldest first; null when there will be no more.</summary>
    public ValueTask<MuxStream?> AcceptAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>
    /// Edge: opens a stream without a round trip. False before the agent's HELLO, after GOAWAY, at the stream limit of
    /// either side, or when the connection is over.
    /// </summary>
    public bool TryOpen(OpenPayload open, [NotNullWhen(true)] out MuxStream? stream) =>
        throw new NotSupportedException();

    /// <summary>As <see cref="TryOpen"/>.</summary>
    /// <exception cref="InvalidOperationException">The connection takes no stream now.</exception>
    public MuxStream Open(OpenPayload open) => throw new NotSupportedException();

    /// <summary>
    /// Ends the connection in order (W12, W13): no new streams; open ones may go on for <paramref name="drain"/>, then
    /// get RST(CANCELLED). The connection is over as soon as the last stream is.
    /// </summary>
    public void GoAway(ConnectionErrorCode code, TimeSpan drain, string text) => throw new NotSupportedException();

    /// <summary>Ends the connection at once and waits for <see cref="RunAsync"/>.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}

using System.IO.Pipelines;

namespace Culvert.Tunnel.Protocol;

/// <summary>
/// One client connection inside an outer connection. Completing <see cref="Output"/> sends FIN; <see cref="Input"/>
/// completes on the peer's FIN; both fail with <see cref="MuxStreamException"/> when the stream ends early.
/// </summary>
public sealed class MuxStream : IDuplexPipe, IAsyncDisposable
{
    /// <summary>The stream's number on the wire.</summary>
    public uint Id => throw new NotSupportedException();

    /// <summary>What the edge said about the client connection.</summary>
    public OpenPayload Open => throw new NotSupportedException();

    /// <inheritdoc />
    public PipeReader Input => throw new NotSupportedException();

    /// <inheritdoc />
    public PipeWriter Output => throw new NotSupportedException();

    /// <summary>Cancelled when the stream is closed: reset by either side, lost, or FIN in both directions.</summary>
    public CancellationToken Closed => throw new NotSupportedException();

    /// <summary>
    /// Cancelled when no more bytes will come: the peer's FIN or the end of the stream, even while nobody reads
    /// <see cref="Input"/> and bytes received before are still unread. The agent learns by it that the client is gone.
    /// </summary>
    public CancellationToken InputEnded => throw new NotSupportedException();

    /// <summary>Sends RST in both directions, unless the stream is closed already.</summary>
    public void Abort(StreamErrorCode code) => throw new NotSupportedException();

    /// <summary>
    /// Says that the handler has unwound (W3). Does not wait: what was written is still delivered, then the stream is
    /// reset if the peer does not end it in time.
    /// </summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}

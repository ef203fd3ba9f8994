namespace Culvert.Tunnel.Agent.Connector;

/// <summary>
/// Carries the bytes of a client: a WebSocket, or a TCP connection. One call of <see cref="ReceiveAsync"/> and one of
/// <see cref="SendAsync"/> may run at a time.
/// </summary>
internal abstract class Carrier
{
    public abstract string Id { get; }

    /// <summary>The client's protocol violation; null for none.</summary>
    public ConnectorRefusal? Violation { get; protected set; }

    /// <summary>0 when the client sends no more.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Signals the client that no more bytes follow.</summary>
    public abstract ValueTask EndAsync(CancellationToken cancellationToken);

    /// <summary>After a refusal: waits until the client closes, so that the reason reaches it first.</summary>
    public virtual ValueTask DrainAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public abstract void Abort();
}

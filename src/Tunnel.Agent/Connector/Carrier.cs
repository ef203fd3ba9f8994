namespace Culvert.Tunnel.Agent.Connector;

/// <summary>
/// What a connector carries one client's bytes in: a WebSocket, or a TCP connection. One call of <see cref="ReceiveAsync"/>
/// and one of <see cref="SendAsync"/> may run at a time.
/// </summary>
internal abstract class Carrier
{
    /// <summary>The server's id of the connection; names it in logs.</summary>
    public abstract string Id { get; }

    /// <summary>What the client may not send and did; null while it did not.</summary>
    public ConnectorRefusal? Violation { get; protected set; }

    /// <summary>The next bytes; 0 when the client sends no more.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Tells the client that no more bytes follow.</summary>
    public abstract ValueTask EndAsync(CancellationToken cancellationToken);

    /// <summary>After a refusal: waits for the client's own end, so that the reason reaches it before the connection is closed.</summary>
    public virtual ValueTask DrainAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Cuts it off in both directions.</summary>
    public abstract void Abort();
}

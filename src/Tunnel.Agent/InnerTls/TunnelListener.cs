using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>The queue between the tunnel and Kestrel: streams wait here until the server accepts them.</summary>
internal sealed class TunnelListener : IConnectionListener
{
    // Kestrel accepts in a tight loop, so the queue fills only when the process lacks CPU time; then the edge should use
    // another agent instead of letting the client wait.
    private const int Backlog = 512;

    private readonly Channel<ConnectionContext> queue = Channel.CreateBounded<ConnectionContext>(
        new BoundedChannelOptions(Backlog) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );

    public EndPoint EndPoint => TunnelEndPoint.Instance;

    /// <summary>False if the queue is full or the server stops: the caller still owns the stream.</summary>
    public bool TryOffer(ConnectionContext connection) => queue.Writer.TryWrite(connection);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await queue.Reader.WaitToReadAsync(cancellationToken))
        {
            if (queue.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        queue.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}

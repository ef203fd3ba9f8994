using System.Collections.Concurrent;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>
/// Clients from whom nobody reads now: their agent has not answered yet, or takes no more bytes. That one of them has
/// gone no read can tell, so their sockets are looked at.
/// </summary>
internal sealed class Leavers
{
    /// <summary>A client that is gone keeps its agent busy no longer than this.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<MuxStream, (ClientTransport Client, bool MayFinish)> watched = new();

    /// <param name="stream">Of the client.</param>
    /// <param name="client">To be looked at.</param>
    /// <param name="mayFinish">It may have ended its side behind bytes that are still on their way: only a reset counts.</param>
    public void Watch(MuxStream stream, ClientTransport client, bool mayFinish) =>
        watched[stream] = (client, mayFinish);

    public void Forget(MuxStream stream) => watched.TryRemove(stream, out _);

    /// <summary>Cancels the streams of those who have left.</summary>
    public void Look()
    {
        foreach (var (stream, (client, mayFinish)) in watched)
        {
            if (mayFinish ? client.IsReset : client.HasLeft)
            {
                stream.Abort(StreamErrorCode.Cancelled);
            }
        }
    }
}

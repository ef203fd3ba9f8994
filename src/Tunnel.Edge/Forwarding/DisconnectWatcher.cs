using System.Collections.Concurrent;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>Polls clients that the relay does not read from, and whose disconnect it cannot notice.</summary>
internal sealed class DisconnectWatcher
{
    /// <summary>The longest time that a disconnected client occupies its agent.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<MuxStream, (ClientTransport Client, bool MayFinish)> watched = new();

    /// <param name="mayFinish">The client may have half-closed after bytes that are still in transit: only a reset
    /// counts.</param>
    public void Watch(MuxStream stream, ClientTransport client, bool mayFinish) =>
        watched[stream] = (client, mayFinish);

    public void Forget(MuxStream stream) => watched.TryRemove(stream, out _);

    public void CancelDisconnected()
    {
        foreach (var (stream, (client, mayFinish)) in watched)
        {
            if (mayFinish ? client.IsReset : client.IsDisconnected)
            {
                stream.Abort(StreamErrorCode.Cancelled);
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>Connects an admitted client to an agent, and relays. Both ingresses use it.</summary>
internal sealed class ClientForwarder(
    AgentRegistry agents,
    EdgeState state,
    TimeProvider time,
    ILogger<ClientForwarder> logger
)
{
    /// <summary>W12: opened at most three times in total.</summary>
    private const int MaxOpens = 3;

    private readonly DisconnectWatcher disconnects = new();

    private readonly ConcurrentDictionary<MuxStream, Waiting> unanswered = new();
    private long nextConnection;

    /// <summary>Whether some agent would accept a client now.</summary>
    public bool HasAgent(ClientContext context, TunnelRoute tunnel) =>
        agents.Pick(tunnel.Id, context.AffinityTo(tunnel), [], []) is not null;

    /// <summary>Cancels streams of disconnected clients. Call every <see cref="DisconnectWatcher.Interval"/>.</summary>
    public void CancelDisconnected() => disconnects.CancelDisconnected();

    /// <summary>Moves streams without an answer from silent connections to others. Call about every second.</summary>
    public void CloseSilentAgents()
    {
        foreach (var (stream, waiting) in unanswered)
        {
            if (waiting.Agent.IsOverdue && waiting.Another() is { IsOverdue: false })
            {
                waiting.IsMoving = true;
                stream.Abort(StreamErrorCode.Cancelled);
            }
        }
    }

    /// <summary>
    /// Opens a stream with the hello as its first bytes and relays until both sides are done. Releases the hello's buffer as
    /// early as possible. Returns false if no agent accepted the client; nothing was relayed then.
    /// </summary>
    public async Task<bool> RunAsync(
        ClientTransport client,
        ClientContext context,
        TunnelRoute tunnel,
        FirstBytes hello,
        TunnelTraffic counts,
        Action placed
    )
    {
        var open = new OpenPayload
        {
            ServerName = context.ServerName,
            Client = context.Client,
            Identity = context.Identity,
            ConnectionId = NextConnectionId(),
        };
        context.Span?.TunnelId = tunnel.Id;
        context.Span?.ConnectionId = open.ConnectionId;
        await using var stream = await OpenAsync(client, open, context, tunnel, hello, counts);
        placed();
        if (stream is null)
        {
            return false;
        }

        context.Span?.Place();
        counts.CountFromClient(hello.Length);
        context.Span?.CountFromClient(hello.Length);
        hello.Dispose(); // the agent has answered: the hello is not sent again
        if (await new ClientRelay(client, stream, context, counts, disconnects, state, time).RunAsync())
        {
            context.Span?.Finish();
        }
        else
        {
            client.Reset();
        }

        return true;
    }

    /// <summary>
    /// Opens a stream and waits for the agent's first frame. If the agent refuses or disconnects before it, the same first
    /// bytes go to another connection (W12). Null if no agent accepts; a stream that failed permanently is returned, and the
    /// relay detects it.
    /// </summary>
    private async Task<MuxStream?> OpenAsync(
        ClientTransport client,
        OpenPayload open,
        ClientContext context,
        TunnelRoute tunnel,
        FirstBytes hello,
        TunnelTraffic counts
    )
    {
        var (affinity, tunnelId) = (context.AffinityTo(tunnel), tunnel.Id);
        List<AgentConnection> tried = [];
        List<string> unwilling = [];
        while (tried.Count < MaxOpens)
        {
            if (agents.Pick(tunnelId, affinity, tried, unwilling) is not { } agent)
            {
                return null;
            }

            tried.Add(agent);
            if (!agent.TryOpen(open, hello.Span, out var stream))
            {
                continue; // it filled up or disconnected since it was selected
            }

            context.Span?.InstanceId = agent.InstanceId;
            disconnects.Watch(stream, client, mayFinish: false);
            var waiting = new Waiting(agent, () => agents.Pick(tunnelId, affinity, tried, unwilling));
            unanswered[stream] = waiting;
            try
            {
                var first = await stream.Input.ReadAsync();
                stream.Input.AdvanceTo(first.Buffer.Start); // the relay reads it again
                return stream;
            }
            catch (MuxStreamException e) when ((e.MayReopen || waiting.IsMoving) && !stream.Answered)
            {
                if (e.End == StreamEnd.ResetByPeer)
                {
                    unwilling.Add(agent.InstanceId); // its other connections would refuse, too
                }

                counts.CountReopened();
                Log.ClientReopened(logger, open.ConnectionId, tunnelId, agent.InstanceId, e.End);
                await stream.DisposeAsync();
            }
            catch (MuxStreamException)
            {
                return stream;
            }
            finally
            {
                disconnects.Forget(stream);
                unanswered.TryRemove(stream, out _);
            }
        }

        return null;
    }

    private string NextConnectionId() =>
        "c" + Interlocked.Increment(ref nextConnection).ToString(CultureInfo.InvariantCulture);

    /// <param name="Agent">The agent whose first frame is awaited.</param>
    /// <param name="Another">Returns another agent; called while the list of tried agents does not change.</param>
    private sealed record Waiting(AgentConnection Agent, Func<AgentConnection?> Another)
    {
        public volatile bool IsMoving;
    }
}

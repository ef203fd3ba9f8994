using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Agent.Session;

/// <summary>A client that an edge brought: its bytes come by a stream of the outer connection.</summary>
/// <param name="stream">What carries it.</param>
/// <param name="time">The clock of its end.</param>
/// <param name="ended">Called when it has unwound.</param>
internal sealed class EdgeConnection(MuxStream stream, TimeProvider time, Action<InnerConnection> ended)
    : InnerConnection(stream.Open.ConnectionId, stream, stream.Open.Client, time, ended, stream.InputEnded)
{
    public override string ServerName => stream.Open.ServerName;

    public override string Workload => stream.Open.Identity?.MatchedName ?? "";

    protected override void AbortCarrier(StreamErrorCode code) => stream.Abort(code);

    protected override ValueTask DisposeCarrierAsync() => stream.DisposeAsync();
}

using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Agent.Session;

/// <summary>A client of an edge: its bytes are in a stream of the outer connection.</summary>
internal sealed class EdgeConnection(MuxStream stream, TimeProvider time, Action<InnerConnection> ended)
    : InnerConnection(stream.Open.ConnectionId, stream, stream.Open.Client, time, ended, stream.InputEnded)
{
    public override string ServerName => stream.Open.ServerName;

    public override string Workload => stream.Open.Identity?.MatchedName ?? "";

    protected override void AbortCarrier(StreamErrorCode code) => stream.Abort(code);

    protected override ValueTask DisposeCarrierAsync() => stream.DisposeAsync();
}

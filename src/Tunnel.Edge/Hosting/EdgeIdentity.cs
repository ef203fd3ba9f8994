using Culvert.Platform.Health;
using Culvert.Tunnel.Edge.Configuration;

namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>Distinguishes edges on the same machine, in <c>/readyz</c> and for the doctor.</summary>
internal static class EdgeIdentity
{
    public static ProgramIdentity Find(EdgeSettings settings) => new("tunnel-edge", ("edge_id", settings.EdgeId));
}

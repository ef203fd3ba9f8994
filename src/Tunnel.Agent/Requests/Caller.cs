using System.Net;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Who calls, as far as it is known. The token is verified; address and workload are the edge's word.</summary>
/// <param name="Principal">As the token says; null where the agent does not ask.</param>
/// <param name="Address">The client's; null where there is no exchange.</param>
/// <param name="Workload">The name in the client's certificate that the edge verified; empty without one.</param>
internal readonly record struct Caller(Principal? Principal, IPAddress? Address = null, string Workload = "")
{
    public static Caller From(Exchange exchange) =>
        new(exchange.Principal, exchange.Connection.Client.Address, exchange.Connection.Workload);
}

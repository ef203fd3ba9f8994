using System.Net;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The caller, as far as the agent knows it. The agent verified the token; the edge reported the rest.
/// </summary>
/// <param name="Principal">The principal of the token; null if the route does not authenticate callers.</param>
/// <param name="Address">The client's address; null without an exchange.</param>
/// <param name="Workload">The name in the client certificate that the edge verified; empty without one.</param>
/// <param name="Via">The composed route whose tool makes the call for its caller; empty for a call of a client.</param>
internal readonly record struct Caller(
    Principal? Principal,
    IPAddress? Address = null,
    string Workload = "",
    string Via = ""
)
{
    /// <summary>The claims that rules may compare; none without a principal.</summary>
    public PrincipalClaims Claims => Principal?.Claims ?? PrincipalClaims.None;

    public static Caller From(Exchange exchange) =>
        new(
            exchange.Principal,
            exchange.Connection.Client.Address,
            exchange.Connection.Workload,
            exchange.Composition?.Route ?? ""
        );
}

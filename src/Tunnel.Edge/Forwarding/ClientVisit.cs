using System.Net;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Telemetry;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>Who a client is and what it asked for.</summary>
/// <param name="Client">Where it comes from.</param>
/// <param name="ServerName">Lower case.</param>
/// <param name="Identity">What its certificate proved at the CONNECT ingress; null at the SNI ingress.</param>
internal sealed record ClientVisit(IPEndPoint Client, string ServerName, ClientIdentity? Identity)
{
    /// <summary>
    /// A certificate authority that looks at an announced challenge (S25): from any address, to any agent, since all of
    /// them can answer it.
    /// </summary>
    public bool IsChallenge { get; init; }

    /// <summary>Of this connection; null while nobody collects spans.</summary>
    public ConnectionSpan? Span { get; init; }

    /// <summary>What decides which agent serves it (S29).</summary>
    public ulong AffinityTo(TunnelRoute tunnel) =>
        IsChallenge ? Affinity.Hash(Client.ToString())
        : !tunnel.IsAffineToClients ? Affinity.Hash(ServerName)
        : Identity is { } identity ? Affinity.Hash(identity.MatchedName)
        : Affinity.Hash(Client.Address);

    /// <summary>
    /// Whether a connection that was let in once may go on: what pauses or archives a tunnel, narrows its ranges,
    /// ends a custom hostname or takes away a client CA counts for those who are there, too.
    /// </summary>
    public bool IsAllowedBy(TunnelRoute? tunnel)
    {
        if (tunnel is not { IsServed: true, IsPaused: false } || !tunnel.Serves(ServerName))
        {
            return false;
        }

        if (IsChallenge)
        {
            return true;
        }

        return Identity is { } identity
            ? tunnel.ClientAuthorityIds.Contains(identity.CertificateAuthorityId)
                && (tunnel.ClientRanges.IsEmpty || tunnel.ClientRanges.Contains(Client.Address))
            : tunnel.ClientRanges.Contains(Client.Address);
    }
}

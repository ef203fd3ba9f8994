using System.Net;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Telemetry;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>The identity of an admitted client and the server name that it requested.</summary>
/// <param name="ServerName">Lower case.</param>
/// <param name="Identity">The identity of the client's certificate at the CONNECT ingress; null at the SNI ingress.</param>
internal sealed record ClientContext(IPEndPoint Client, string ServerName, ClientIdentity? Identity)
{
    /// <summary>A certificate authority validates a challenge (S25): from any address, over any agent.</summary>
    public bool IsChallenge { get; init; }

    public ConnectionSpan? Span { get; init; }

    public ulong AffinityTo(TunnelRoute tunnel) =>
        IsChallenge ? Affinity.Hash(Client.ToString())
        : !tunnel.IsAffineToClients ? Affinity.Hash(ServerName)
        : Identity is { } identity ? Affinity.Hash(identity.MatchedName)
        : Affinity.Hash(Client.Address);

    /// <summary>
    /// Whether an admitted connection may continue. Pausing or archiving a tunnel, narrowing its ranges, and removing a
    /// custom hostname or a client CA also apply to open connections.
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

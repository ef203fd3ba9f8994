using System.Net;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Agents;

/// <summary>Decides from one snapshot whether an agent may connect (S6, S9, S10). Pure.</summary>
internal static class AgentAdmission
{
    /// <summary>Checks the certificate. An outage of the service does not extend a certificate's life.</summary>
    public static PeerVerification Verify(
        EdgeSnapshot snapshot,
        X509Certificate2? certificate,
        X509Chain? presented,
        DateTimeOffset now
    ) => new PeerVerifier(snapshot.Trust).Verify(certificate, presented, PeerRole.Agent, now, snapshot.RevokedSerials);

    /// <summary>Checks the certificate's identity against the feed. The first check that fails is the result.</summary>
    public static AgentRefusal Check(EdgeSnapshot snapshot, SpiffeId id, string serial, IPAddress source) =>
        snapshot.RevokedSerials.Contains(serial) ? AgentRefusal.Revoked
        : !snapshot.TryGetTunnel(id.TunnelId!, out var tunnel) ? AgentRefusal.UnknownTunnel
        : tunnel.OrganizationId != id.OrganizationId ? AgentRefusal.UnknownTunnel
        : !tunnel.IsServed ? AgentRefusal.TunnelNotActive
        : tunnel.AgentRanges is { } ranges && !ranges.Contains(source) ? AgentRefusal.SourceRefused
        : AgentRefusal.None;

    public static AgentRefusal Check(EdgeSnapshot snapshot, AgentConnection connection) =>
        Check(snapshot, connection.Id, connection.Serial, connection.Remote.Address);
}

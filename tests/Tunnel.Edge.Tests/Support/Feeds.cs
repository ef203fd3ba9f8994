using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Edge.Tests.Support;

internal static class Feeds
{
    public static EdgeFeed Of(params EdgeFeedTunnel[] tunnels) =>
        new()
        {
            Revision = 1,
            Edge = new EdgeFeedEdge(Id: "edge_01", Name: "edge-1", Addresses: ["127.0.0.1:7844"], DnsNames: []),
            PlatformBundle = new BundleDocument(Epoch: 1, Pem: ""),
            Tunnels = tunnels,
            RevokedSerials = [],
            RevokedEnrolments = [],
        };

    public static FeedAcmeChallenge Challenge(
        string name,
        DateTimeOffset expiresAt,
        string tunnelId = TestPlatform.TunnelId
    ) => new(Id: "acmc_01", TunnelId: tunnelId, Name: name, KeyAuthorizationSha256: "", ExpiresAt: expiresAt);

    public static EdgeFeedTunnel Tunnel(
        string id = TestPlatform.TunnelId,
        string domain = TestPlatform.Domain,
        string status = TunnelStatus.Active,
        string[]? clients = null,
        string[]? agents = null,
        string? affinity = null,
        EdgeFeedTunnelLimits? limits = null,
        EdgeFeedClientAuthority[]? authorities = null,
        EdgeFeedDisconnect[]? disconnects = null,
        int? offlineGraceSeconds = null
    ) =>
        new(
            Id: id,
            Domain: domain,
            OrganizationId: TestPlatform.Organization,
            WorkspaceId: "wrkspc_01",
            Status: status,
            ClientSourceRanges: clients ?? ["127.0.0.0/8", "::1/128"],
            AgentSourceRanges: agents ?? [],
            Affinity: affinity,
            OfflineGraceSeconds: offlineGraceSeconds,
            Limits: limits,
            ClientAuthorities: authorities,
            Disconnects: disconnects
        );
}

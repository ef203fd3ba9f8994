using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Connections;

/// <summary>How people connect a tunnel's route with their own account at the upstream's authorization server.</summary>
internal sealed record Connection
{
    public required ConnectionId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string TunnelId { get; init; }

    /// <summary>The name of the route in the agents' configuration.</summary>
    public required string Route { get; init; }

    public required string DisplayName { get; init; }

    /// <summary>The upstream's <c>iss</c> in authorization responses (RFC 9207); null = not checked.</summary>
    public string? Issuer { get; init; }

    public required string AuthorizationEndpoint { get; init; }

    public required string TokenEndpoint { get; init; }

    /// <summary>RFC 7009; null = the upstream offers none.</summary>
    public string? RevocationEndpoint { get; init; }

    public required string ClientId { get; init; }

    public required ConnectionClientAuth ClientAuth { get; init; }

    /// <summary>Null for a client without a secret.</summary>
    public byte[]? SealedClientSecret { get; init; }

    /// <summary>When the secret was last set; null if that is not known.</summary>
    public DateTimeOffset? ClientSecretSetAt { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>RFC 8707; null = none is requested.</summary>
    public string? Resource { get; init; }

    /// <summary>The only roots that authenticate the upstream's server; null = the system's.</summary>
    public string? CaCertificatePem { get; init; }

    public required IReadOnlyList<AllowedTarget> AllowedTargets { get; init; }

    public int Version { get; init; } = 1;

    public required ChangeStamps Stamps { get; init; }

    public bool IsArchived => Stamps.ArchivedAt is not null;

    /// <summary>The page where a person connects, without the public URL.</summary>
    public string ConnectPath => GetConnectPath(OrganizationId) + Id.Value;

    /// <summary>The redirect URI to register at the upstream, without the public URL. Each connection has its own.</summary>
    public string CallbackPath => $"{OrganizationIssuer.PathPrefix}{OrganizationId}/connected/{Id.Value}";

    public static string GetConnectPath(string organizationId) =>
        $"{OrganizationIssuer.PathPrefix}{organizationId}/connect/";

    /// <summary>The page where a person sees all connections of the organization, without the public URL.</summary>
    public static string GetListPath(string organizationId) =>
        $"{OrganizationIssuer.PathPrefix}{organizationId}/connections";
}

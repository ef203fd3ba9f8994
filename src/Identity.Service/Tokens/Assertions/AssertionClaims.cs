using System.Buffers.Text;
using System.Security.Cryptography;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Tokens.Assertions;

/// <summary>What an assertion says (RFC 7523 §3).</summary>
internal sealed record AssertionClaims(
    string Issuer,
    string Subject,
    string Audience,
    string TunnelId,
    string Route,
    string TokenId,
    DateTimeOffset IssuedAt
)
{
    public const string Type = "JWT";

    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private const int TokenIdBytes = 16;

    /// <summary>The last second in which it is accepted.</summary>
    public DateTimeOffset ExpiresAt => IssuedAt + Life;

    /// <param name="now">In whole seconds.</param>
    public static AssertionClaims Create(
        ServiceIdentity identity,
        Tunnel tunnel,
        string route,
        string audience,
        DateTimeOffset now
    ) =>
        new(
            Issuer: OrganizationIssuer.GetUpstreamsUrl(identity.PublicUrl, tunnel.OrganizationId),
            Subject: SpiffeId.Route(identity.TrustDomain, tunnel.Id.Value, route),
            Audience: audience,
            TunnelId: tunnel.Id.Value,
            Route: route,
            TokenId: NewTokenId(),
            IssuedAt: now
        );

    public static string NewTokenId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenIdBytes));

    /// <summary>The payload in UTF-8.</summary>
    public byte[] Encode()
    {
        AuditData claims =
        [
            ("iss", Issuer),
            ("sub", Subject),
            ("aud", Audience),
            ("jti", TokenId),
            ("iat", IssuedAt.ToUnixTimeSeconds()),
            ("nbf", IssuedAt.ToUnixTimeSeconds()),
            ("exp", ExpiresAt.ToUnixTimeSeconds()),
            ("tunnel_id", TunnelId),
            ("route", Route),
        ];
        return claims.Encode();
    }
}

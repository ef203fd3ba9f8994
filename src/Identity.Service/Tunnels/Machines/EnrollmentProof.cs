using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>The proof of a machine's identity, as stored in its enrolment (S4).</summary>
internal sealed record EnrollmentProof
{
    // One tunnel has one token at a time, so its holders are one principal; rotation does not change it.
    private const string TunnelTokenPrincipal = "tunnel_token";

    public required EnrollmentMethod Method { get; init; }

    /// <summary>The principal of an instance (S3): issuer and subject, or the holder of the tunnel token.</summary>
    public required string Principal { get; init; }

    public string? IssuerId { get; init; }

    public string? RuleId { get; init; }

    public int? RuleVersion { get; init; }

    public string? ServiceAccountId { get; init; }

    /// <summary><c>jti</c> of the access token, or <c>ttok_…</c>.</summary>
    public required string TokenId { get; init; }

    /// <summary>When the access token was issued, seconds since 1970; 0 for tunnel tokens.</summary>
    public long TokenIssuedAt { get; init; }

    public string? TokenFamily { get; init; }

    /// <summary>SHA-256 of the subject at the identity provider, as in the access token.</summary>
    public string? SubjectHash { get; init; }

    /// <summary><c>kid</c> of the key that signed the access token.</summary>
    public string? TokenKeyId { get; init; }

    public static EnrollmentProof From(Caller caller) =>
        caller.Kind == CallerKind.TunnelToken
            ? new EnrollmentProof
            {
                Method = EnrollmentMethod.TunnelToken,
                Principal = TunnelTokenPrincipal,
                TokenId = caller.TokenId!,
            }
            : new EnrollmentProof
            {
                Method = EnrollmentMethod.Federation,
                Principal = $"{caller.IssuerId}|{caller.Subject ?? caller.ActorId}",
                IssuerId = caller.IssuerId,
                RuleId = caller.RuleId,
                RuleVersion = caller.RuleVersion,
                ServiceAccountId = caller.ServiceAccountId,
                TokenId = caller.TokenId ?? caller.ActorId,
                TokenIssuedAt = caller.IssuedAt?.ToUnixTimeSeconds() ?? 0,
                TokenFamily = caller.Family,
                SubjectHash = caller.SubjectHash,
                TokenKeyId = caller.SigningKeyId,
            };

    /// <summary>Whether both are for the same machine.</summary>
    public bool IsSamePrincipal(EnrollmentProof other) => Method == other.Method && Principal == other.Principal;
}

namespace Culvert.Platform.Wire;

/// <summary>Answer to <c>GET /v1/platform_ca</c>: to be compared with a pinned fingerprint (S7).</summary>
public sealed record PlatformCaDocument
{
    public const string TypeName = "platform_ca";

    public string Type { get; init; } = TypeName;

    public required string TrustDomain { get; init; }

    public required string CertificatePem { get; init; }

    /// <summary>Lower-case hex SHA-256 of the certificate's DER.</summary>
    public required string Sha256 { get; init; }
}

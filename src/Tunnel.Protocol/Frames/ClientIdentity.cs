namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>The identity that an outer-mTLS ingress authenticated.</summary>
public sealed record ClientIdentity
{
    /// <summary>Id of the client CA registration, at most 64 ASCII characters.</summary>
    public required string CertificateAuthorityId { get; init; }

    /// <summary>SHA-256 of the client certificate, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> CertificateSha256 { get; init; }

    /// <summary>The subject alternative name that matched, at most 512 bytes of UTF-8.</summary>
    public required string MatchedName { get; init; }
}

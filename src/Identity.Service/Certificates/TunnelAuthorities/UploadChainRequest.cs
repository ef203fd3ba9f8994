namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record UploadChainRequest
{
    public required string ChainPem { get; init; }

    /// <summary>Hex SHA-256 of the authority's certificate in either case, colons allowed, as openssl prints it.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Accepts an anchor that the whole machine trusts; the approval covers it.</summary>
    public bool AllowPublicAnchor { get; init; }
}

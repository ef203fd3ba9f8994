namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <param name="Fingerprint">
/// Hex SHA-256 of the authority's certificate in either case, colons allowed, as openssl prints it.
/// </param>
/// <param name="AllowPublicAnchor">Accepts an anchor that the whole machine trusts; the approval covers it.</param>
internal sealed record UploadChainRequest(string ChainPem, string Fingerprint, bool AllowPublicAnchor = false);

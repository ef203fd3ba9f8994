namespace Culvert.Identity.Service.Certificates.Revocation;

/// <param name="Crl">PEM (<c>X509 CRL</c>) or base64 of the DER.</param>
/// <param name="AllowRemoved">
/// Accepts a list that lacks entries of the current one; their serial numbers are audited.
/// </param>
internal sealed record ImportListRequest(string Crl, bool AllowRemoved = false);

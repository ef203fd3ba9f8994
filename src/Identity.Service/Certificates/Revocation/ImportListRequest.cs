namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record ImportListRequest
{
    /// <summary>PEM (<c>X509 CRL</c>) or base64 of the DER.</summary>
    public required string Crl { get; init; }

    /// <summary>Accepts a list that lacks entries of the current one; their serial numbers are audited.</summary>
    public bool AllowRemoved { get; init; }
}

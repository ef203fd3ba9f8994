using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record ImportListRequest
{
    /// <summary>PEM (<c>X509 CRL</c>) or base64 of the DER.</summary>
    [JsonPropertyName("crl")]
    public required string Crl { get; init; }

    /// <summary>Accepts a list that lacks entries of the current one; their serial numbers are audited.</summary>
    [JsonPropertyName("allow_removed")]
    public bool AllowRemoved { get; init; }
}

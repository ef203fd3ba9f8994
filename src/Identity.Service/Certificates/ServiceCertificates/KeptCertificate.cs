using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

/// <summary>One of the service's own certificates with its key, as it is sealed.</summary>
internal sealed record KeptCertificate
{
    [JsonPropertyName("names")]
    public required string Names { get; init; }

    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    [JsonPropertyName("certificate")]
    public required CertificateDocument Certificate { get; init; }

    [JsonPropertyName("key_pem")]
    public required string KeyPem { get; init; }

    // Omits the key.
    public override string ToString() => $"{nameof(KeptCertificate)} {Certificate.Serial}";
}

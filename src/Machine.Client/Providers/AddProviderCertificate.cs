using System.Text.Json.Serialization;

namespace Culvert.Machine.Client.Providers;

/// <summary>Body of <c>POST /v1/tunnels/{id}/certificates</c>.</summary>
internal sealed record AddProviderCertificate([property: JsonPropertyName("ca_certificate_pem")] string Pem);

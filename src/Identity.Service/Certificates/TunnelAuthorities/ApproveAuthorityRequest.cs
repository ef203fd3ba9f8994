using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record ApproveAuthorityRequest
{
    /// <summary>As <see cref="UploadChainRequest.Fingerprint"/>, typed again by who approves.</summary>
    [JsonPropertyName("fingerprint")]
    public required string Fingerprint { get; init; }
}

using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// Body of <c>POST /v1/agent/server_certificates</c>. The client certificate identifies the agent and its tunnel.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentServerCertificateRequest
{
    /// <summary>PKCS#10 as PEM; only its public key is used.</summary>
    [JsonPropertyName("csr")]
    public required string Csr { get; init; }

    /// <summary>
    /// The domain that another provider gave its tunnel, in lower case; the tunnel must have it as an approved hostname
    /// (<c>*.domain</c>). Null: the tunnel's own domain.
    /// </summary>
    [JsonPropertyName("domain")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Domain { get; init; }
}

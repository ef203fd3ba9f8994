using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/server_certificates</c>. The client certificate names the tunnel.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentServerCertificateRequest
{
    /// <summary>PKCS#10 as PEM; only its public key is used.</summary>
    public required string Csr { get; init; }

    /// <summary>
    /// Another provider's domain, in lower case, which must be an approved hostname (<c>*.domain</c>); null: the
    /// tunnel's own.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Domain { get; init; }
}

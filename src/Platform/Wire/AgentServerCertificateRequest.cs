using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/server_certificates</c>. The client certificate names the tunnel.</summary>
/// <param name="Csr">PKCS#10 as PEM; only its public key is used.</param>
/// <param name="Domain">
/// Another provider's domain, in lower case, which must be an approved hostname (<c>*.domain</c>); null: the tunnel's
/// own.
/// </param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentServerCertificateRequest(
    string Csr,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Domain = null
);

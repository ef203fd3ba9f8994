using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/renewals</c> and <c>/v1/edge/renewals</c>. mTLS names the machine.</summary>
/// <param name="Csr">PKCS#10 as PEM; only its public key is used.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CertificateSigningRequest(string Csr);

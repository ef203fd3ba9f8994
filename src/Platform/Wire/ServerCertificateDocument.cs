using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Answer to <c>POST /v1/agent/server_certificates</c>: the leaf for inner TLS.</summary>
public sealed record ServerCertificateDocument
{
    public const string TypeName = "server_certificate";

    public string Type { get; init; } = TypeName;

    public required string TunnelId { get; init; }

    public required CertificateDocument Certificate { get; init; }

    /// <summary>The tunnel's trust bundle, if the request had an assertion and so no access token; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BundleDocument? TrustBundle { get; init; }
}

using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Answer to an edge's enrolment or renewal.</summary>
/// <param name="Id">The edge's id, <c>edge_…</c>.</param>
/// <param name="MachineUrl">Base URL of the mTLS API for this certificate.</param>
public sealed record EdgeEnrollment(
    string Id,
    string SpiffeId,
    CertificateDocument Certificate,
    BundleDocument PlatformBundle,
    string MachineUrl,
    string TrustDomain
)
{
    public const string TypeName = "edge_enrollment";

    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = TypeName;
}

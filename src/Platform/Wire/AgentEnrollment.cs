using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Answer to an agent's enrolment or renewal.</summary>
/// <param name="Id">The enrolment, <c>agt_…</c>; unchanged by renewals.</param>
/// <param name="MachineUrl">Base URL of the mTLS API for this certificate.</param>
public sealed record AgentEnrollment(
    string Id,
    string TunnelId,
    string InstanceId,
    string SpiffeId,
    CertificateDocument Certificate,
    BundleDocument PlatformBundle,
    string MachineUrl,
    string TrustDomain
)
{
    public const string TypeName = "agent_enrollment";

    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = TypeName;
}

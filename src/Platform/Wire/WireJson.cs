using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// Serializers of the wire records. Requests reject unknown members; answers ignore them, so that an older machine
/// works with a newer service. Duplicate members are rejected everywhere.
/// </summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)],
    MaxDepth = 16,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(AgentEnrollmentRequest))]
[JsonSerializable(typeof(EdgeEnrollmentRequest))]
[JsonSerializable(typeof(AgentServerCertificateRequest))]
[JsonSerializable(typeof(CertificateSigningRequest))]
[JsonSerializable(typeof(AgentEnrollment))]
[JsonSerializable(typeof(EdgeEnrollment))]
[JsonSerializable(typeof(MachineEnrollment), GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ServerCertificateRequest))]
[JsonSerializable(typeof(ServerCertificateDocument))]
[JsonSerializable(typeof(RenewalAdvice))]
[JsonSerializable(typeof(AgentFeed))]
[JsonSerializable(typeof(EdgeFeed))]
[JsonSerializable(typeof(AgentReport))]
[JsonSerializable(typeof(IReadOnlyList<AgentReportSecret>))]
[JsonSerializable(typeof(EdgeReport))]
[JsonSerializable(typeof(AgentCheckpointSubmission))]
[JsonSerializable(typeof(PlatformCaDocument))]
[JsonSerializable(typeof(ConnectionTokenRequest))]
[JsonSerializable(typeof(ConnectionTokenAnswer))]
[JsonSerializable(typeof(AcmeChallengeRequest))]
[JsonSerializable(typeof(AcmeChallengeDocument))]
[JsonSerializable(typeof(CallApprovalRequest))]
[JsonSerializable(typeof(CallApprovalAnswer))]
[JsonSerializable(typeof(UpstreamAssertionRequest))]
[JsonSerializable(typeof(UpstreamAssertion))]
[JsonSerializable(typeof(GitHubTokenRequest))]
[JsonSerializable(typeof(GitHubToken))]
[JsonSerializable(typeof(PersonSignInRequest))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(ErrorEnvelope))]
public sealed partial class WireJson : JsonSerializerContext;

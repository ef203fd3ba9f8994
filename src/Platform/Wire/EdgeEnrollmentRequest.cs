using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/edge/enrollments</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EdgeEnrollmentRequest : AssertedRequest
{
    public required string EdgeId { get; init; }

    /// <summary>PKCS#10 as PEM; only its public key is used.</summary>
    public required string Csr { get; init; }
}

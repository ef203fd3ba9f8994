using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/edge/enrollments</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EdgeEnrollmentRequest : EnrollmentRequest
{
    public required string EdgeId { get; init; }
}

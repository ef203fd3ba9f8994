using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>How far the signing connector has come with an authority's request.</summary>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Node">The node that tried last.</param>
/// <param name="Error">Why the last attempt led nowhere; null = it did not.</param>
/// <param name="NextAt">The earliest time of the next attempt; null = none remains.</param>
internal sealed record RotationSigning(
    long Attempts,
    DateTime LastAt,
    string Node,
    bool InProgress,
    [property: JsonPropertyName("fault")] string? Error,
    DateTime? NextAt
)
{
    public static RotationSigning From(SigningAttempt attempt, DateTimeOffset now) =>
        new(
            Attempts: attempt.Attempts,
            LastAt: attempt.BeganAt.UtcDateTime,
            Node: attempt.Node,
            InProgress: attempt.HeldUntil > now,
            Error: attempt.Error,
            NextAt: attempt.Error is null ? null : attempt.NextAt.UtcDateTime
        );
}

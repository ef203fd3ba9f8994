using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>How far the signing connector has come with an authority's request.</summary>
internal sealed record RotationSigning
{
    /// <summary>How often it was tried.</summary>
    public required long Attempts { get; init; }

    public required DateTime LastAt { get; init; }

    /// <summary>The node that tried last.</summary>
    public required string Node { get; init; }

    public required bool InProgress { get; init; }

    /// <summary>Why the last attempt led nowhere; null = it did not.</summary>
    [JsonPropertyName("fault")]
    public required string? Error { get; init; }

    /// <summary>The earliest time of the next attempt; null = none remains.</summary>
    public required DateTime? NextAt { get; init; }

    public static RotationSigning Of(SigningAttempt attempt, DateTimeOffset now) =>
        new()
        {
            Attempts = attempt.Attempts,
            LastAt = attempt.BeganAt.UtcDateTime,
            Node = attempt.Node,
            InProgress = attempt.HeldUntil > now,
            Error = attempt.Error,
            NextAt = attempt.Error is null ? null : attempt.NextAt.UtcDateTime,
        };
}

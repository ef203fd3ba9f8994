using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>Every check of an evaluation in the order in which it ran.</summary>
internal sealed record ExplanationDocument
{
    /// <summary><c>granted</c> or <c>denied</c>.</summary>
    public required string Decision { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Reason { get; init; }

    /// <summary>Whether the same token may be accepted later.</summary>
    public bool? Retryable { get; init; }

    /// <summary>The page that explains the reason.</summary>
    public string? Doc { get; init; }

    /// <summary>Whether the signature of the assertion was verified.</summary>
    public required bool Proven { get; init; }

    /// <summary>The evaluation was repeated from the record of the exchange.</summary>
    public bool? Reproduced { get; init; }

    public required string Issuer { get; init; }

    public string? Kid { get; init; }

    public string? KeyState { get; init; }

    /// <summary>The service's clock minus the token's <c>iat</c>, in seconds.</summary>
    public long? ClockDeltaS { get; init; }

    public required IReadOnlyList<TraceStep> Steps { get; init; }

    /// <summary>How far the token was from the rule.</summary>
    public NearestMissDocument? Nearest { get; init; }

    public required IReadOnlyList<Hint> Hints { get; init; }

    /// <summary>The platform's format of <c>sub</c>, recognized by its text.</summary>
    public string? SubFormat { get; init; }
}

/// <param name="Failed">The number of conditions that failed.</param>
internal sealed record NearestMissDocument(string Rule, int Failed, string Text);

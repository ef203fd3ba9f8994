using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>The conditions on an assertion. All that are present must hold; comparison is ordinal.</summary>
internal sealed record RuleMatch
{
    /// <summary>The exact <c>sub</c>, or a prefix with a trailing <c>*</c>; null = no condition.</summary>
    public string? Subject { get; init; }

    /// <summary>A <see cref="SegmentPattern"/> that matches <c>sub</c>; null = no condition.</summary>
    public string? SubjectSegments { get; init; }

    /// <summary>Must be <c>aud</c> or one of its elements; null = this service's public URL.</summary>
    public string? Audience { get; init; }

    /// <summary>Top-level string claims and their exact values, sorted by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Claims { get; init; } = [];

    /// <summary>Conditions on claims of any type, anywhere in the token.</summary>
    public IReadOnlyList<ClaimMatcher> Matchers { get; init; } = [];

    /// <summary>A CEL expression over <c>claims</c>; null = no condition.</summary>
    public string? Condition { get; init; }

    public bool IsSubjectPrefix => Subject is { } subject && subject.EndsWith('*');
}

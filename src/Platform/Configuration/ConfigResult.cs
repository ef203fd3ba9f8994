using System.Diagnostics.CodeAnalysis;

namespace Culvert.Platform.Configuration;

/// <summary>A whole configuration, or all of its errors.</summary>
public sealed record ConfigResult<T>
    where T : class
{
    [MemberNotNullWhen(true, nameof(Settings))]
    public bool IsValid => Errors.Count == 0 && Settings is not null;

    /// <summary>Null when there is an error.</summary>
    public required T? Settings { get; init; }

    /// <summary>In the file's order.</summary>
    public required IReadOnlyList<ConfigError> Errors { get; init; }

    /// <summary>Effective values and their sources, never a secret.</summary>
    public required IReadOnlyList<ConfigValue> Values { get; init; }
}

namespace Culvert.Platform.Configuration;

/// <summary>What a program declares about a key when it reads it: the one source of checks, help and schema.</summary>
public sealed record ConfigDeclaration
{
    public required string Key { get; init; }

    public required ConfigValueType Type { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>As it would be written; null when there is none.</summary>
    public string? Default { get; init; }

    /// <summary>The smallest value, as it would be written.</summary>
    public string? Minimum { get; init; }

    /// <summary>The largest value, as it would be written.</summary>
    public string? Maximum { get; init; }

    /// <summary>The choices; empty when any value will do.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>The keys inside, for sections, maps and lists.</summary>
    public ConfigSection? Content { get; init; }

    /// <summary>Whether environment and flags can set it: lists and maps stand only in files.</summary>
    internal bool IsScalar => Type is < ConfigValueType.TextList or ConfigValueType.Former;
}

namespace Culvert.Platform.Configuration;

/// <summary>A program's declaration of a key that it reads: the only source of checks, help and schema.</summary>
public sealed record ConfigDeclaration
{
    public required string Key { get; init; }

    public required ConfigValueType Type { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>As written in a file; null when there is none.</summary>
    public string? Default { get; init; }

    public string? Minimum { get; init; }

    public string? Maximum { get; init; }

    /// <summary>The choices; empty when any value is allowed.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>The keys inside, for sections, maps and lists.</summary>
    public ConfigSection? Content { get; init; }

    /// <summary>Whether environment and flags can set it: lists and maps can only be set in files.</summary>
    internal bool IsScalar => Type is < ConfigValueType.TextList or ConfigValueType.Former;
}

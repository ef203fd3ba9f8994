namespace Culvert.Platform.Configuration;

/// <summary>The source of an effective value.</summary>
/// <param name="Kind">The kind of source.</param>
/// <param name="Name">The file's path, the variable's name or the flag's path; empty for a default.</param>
/// <param name="Line">The line in the file, from 1; otherwise 0.</param>
public sealed record ConfigSource(ConfigSourceKind Kind, string Name, int Line)
{
    public static ConfigSource Default { get; } = new(ConfigSourceKind.Default, "", 0);

    public override string ToString() =>
        Kind switch
        {
            ConfigSourceKind.File => Line > 0 ? $"{Name}:{Line}" : Name,
            ConfigSourceKind.Environment => $"environment {Name}",
            ConfigSourceKind.Flag => $"flag {Name}",
            _ => "default",
        };
}

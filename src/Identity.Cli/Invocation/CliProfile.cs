using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>One entry of the operator's profiles: what the flags of the same names say when neither they nor a variable do.</summary>
internal sealed record CliProfile
{
    /// <summary>Where it was read, for messages.</summary>
    public required string Source { get; init; }

    /// <summary>Null: there is no such file, or it names none.</summary>
    public string? Name { get; init; }

    public string? Url { get; init; }

    /// <summary>Excludes <see cref="CaSha256"/>.</summary>
    public string? CaFile { get; init; }

    public string? CaSha256 { get; init; }

    public string? AdminKeyFile { get; init; }

    public string? Organization { get; init; }

    public string? Workspace { get; init; }

    public OutputFormat? Output { get; init; }

    public TimeSpan? Timeout { get; init; }
}

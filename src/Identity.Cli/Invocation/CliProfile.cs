using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>A profile of the operator: values for flags that neither the command line nor a variable sets.</summary>
internal sealed record CliProfile
{
    public required string Source { get; init; }

    /// <summary>Null: there is no file, or it names none.</summary>
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

using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

public sealed record LogOptions
{
    /// <summary>The lowest level that is written. Default: information.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>Default: automatic.</summary>
    public LogFormat Format { get; init; } = LogFormat.Auto;

    /// <summary>The file to append to; empty (the default) for standard error.</summary>
    public string File { get; init; } = "";
}

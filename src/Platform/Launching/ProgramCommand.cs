namespace Culvert.Platform.Launching;

/// <summary>A complete command, so that it can be run again unchanged.</summary>
public sealed record ProgramCommand(
    string Name,
    string File,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string WorkingDirectory
)
{
    /// <summary>Whether it exits with its caller. Only for own programs, which watch their standard input.</summary>
    public bool EndsWithCaller { get; init; }
}

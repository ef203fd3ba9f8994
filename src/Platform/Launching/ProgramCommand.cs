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
    /// <summary>
    /// Whether the program exits with its caller, also after a kill. Only for the product's own programs, which watch
    /// their standard input.
    /// </summary>
    public bool EndsWithCaller { get; init; }
}

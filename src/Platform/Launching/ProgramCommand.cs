namespace Culvert.Platform.Launching;

/// <summary>A command in full, so that it can be run again exactly as before.</summary>
public sealed record ProgramCommand(
    string Name,
    string File,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string WorkingDirectory
)
{
    /// <summary>
    /// Whether it is to end with who starts it, a kill included: then it is one of our own programs, which watch their
    /// standard input.
    /// </summary>
    public bool EndsWithCaller { get; init; }
}

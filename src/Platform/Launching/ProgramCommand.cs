namespace Culvert.Platform.Launching;

/// <summary>A command in full, so that it can be run again exactly as before.</summary>
public sealed record ProgramCommand(
    string Name,
    string File,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string WorkingDirectory
);

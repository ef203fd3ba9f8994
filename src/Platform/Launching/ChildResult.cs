namespace Culvert.Platform.Launching;

public sealed record ChildResult
{
    /// <summary>The standard output; empty when <see cref="Problem"/> is set.</summary>
    public string Output { get; init; } = "";

    /// <summary>Null: exit status 0; else the error, as the end of a sentence.</summary>
    public string? Problem { get; init; }

    /// <summary>The problem is that the output exceeded its limit.</summary>
    public bool IsTooLong { get; init; }

    /// <summary>The standard error in case of a problem (<see cref="ChildErrorOutput.Lines"/>).</summary>
    public IReadOnlyList<string> ErrorOutput { get; init; } = [];
}

namespace Culvert.Platform.Launching;

/// <summary>How a program that ran to its end ended.</summary>
public sealed record ChildResult
{
    /// <summary>What it printed; empty when <see cref="Problem"/> is set.</summary>
    public string Output { get; init; } = "";

    /// <summary>Null = it ended with status 0; else why not, as the end of a sentence.</summary>
    public string? Problem { get; init; }

    /// <summary>The problem is that it printed more than it may.</summary>
    public bool IsTooLong { get; init; }

    /// <summary>What it said of a problem (<see cref="ChildErrorOutput.Lines"/>).</summary>
    public IReadOnlyList<string> ErrorOutput { get; init; } = [];
}

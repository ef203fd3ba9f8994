namespace Culvert.Platform.Launching;

/// <summary>Where the standard streams of a child process lead.</summary>
public enum ChildStreams
{
    /// <summary>To the program that starts it.</summary>
    Piped,

    /// <summary>Its output to the program that starts it; it reads what that program would read.</summary>
    PipedOutput,

    /// <summary>Where those of the program that starts it lead: to its terminal.</summary>
    Shared,
}

namespace Culvert.Platform.Launching;

public enum ChildStreams
{
    /// <summary>Pipes to the program that starts it.</summary>
    Piped,

    /// <summary>Output to pipes; input is inherited.</summary>
    PipedOutput,

    /// <summary>All are inherited: the terminal of the program that starts it.</summary>
    Shared,
}

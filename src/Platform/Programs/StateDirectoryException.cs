namespace Culvert.Platform.Programs;

/// <summary>The state directory cannot be used; the message names the reason and the remedy.</summary>
public sealed class StateDirectoryException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Another process holds the lock; a later attempt may succeed.</summary>
    public bool IsInUse { get; init; }
}

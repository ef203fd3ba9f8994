namespace Culvert.Platform.Programs;

/// <summary>The state directory cannot be used; the message says why and what to do.</summary>
public sealed class StateDirectoryException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Another process works with it, and will be done some time.</summary>
    public bool IsInUse { get; init; }
}

namespace Culvert.Platform.Output;

/// <summary>
/// Standard output or standard error cannot be written. It is not an <see cref="IOException"/>, so that no command
/// mistakes it for an error of a file that it works with.
/// </summary>
public sealed class OutputException(string message, Exception cause) : Exception(message, cause);

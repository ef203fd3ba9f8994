namespace Culvert.Platform.Output;

/// <summary>
/// Standard output or standard error cannot be written. It is no <see cref="IOException"/>, so that no command takes it
/// for an error of a file that it works with.
/// </summary>
public sealed class OutputException(string message, Exception cause) : Exception(message, cause);

namespace Culvert.Platform.Output;

/// <summary>Standard output or error cannot be written. Not an <see cref="IOException"/>, which commands handle.</summary>
public sealed class OutputException(string message, Exception cause) : Exception(message, cause);

namespace Culvert.Platform.Secrets;

/// <summary>A secret is unavailable. The message names its reference and the reason, never its content.</summary>
public sealed class SecretUnavailableException(string message) : Exception(message);

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>A file of pins cannot be used. The message is for the operator.</summary>
internal sealed class PinFilesException(string message, Exception? inner = null) : Exception(message, inner);

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>A file of pins is unusable. The message is for the operator.</summary>
internal sealed class PinFilesException(string message, Exception? inner = null) : Exception(message, inner);

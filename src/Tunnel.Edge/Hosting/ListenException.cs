namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>A configured address cannot be listened on; the message names the key and the reason.</summary>
internal sealed class ListenException(string message, Exception inner) : Exception(message, inner);

namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>The edge cannot listen on a configured address. The message names the key and the reason.</summary>
internal sealed class ListenException(string message, Exception inner) : Exception(message, inner);

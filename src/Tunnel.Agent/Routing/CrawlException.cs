namespace Culvert.Tunnel.Agent.Routing;

/// <summary>The agent's own session with a server failed. The message is for the operator.</summary>
internal sealed class CrawlException(string message) : Exception(message);

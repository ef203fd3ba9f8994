namespace Culvert.Tunnel.Agent.Routing;

/// <summary>A server's definitions could not be read. The message is for the operator.</summary>
internal sealed class CrawlException(string message) : Exception(message);

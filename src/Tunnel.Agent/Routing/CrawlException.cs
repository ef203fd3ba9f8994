namespace Culvert.Tunnel.Agent.Routing;

/// <summary>Reading a server's definitions failed. The message is for the operator.</summary>
internal sealed class CrawlException(string message) : Exception(message);

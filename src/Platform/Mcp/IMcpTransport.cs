namespace Culvert.Platform.Mcp;

/// <summary>Carries the messages of one session to an MCP server.</summary>
public interface IMcpTransport
{
    /// <summary>Whether the server has opened a session; null where only the connection is one.</summary>
    bool? HasSession { get; }

    /// <summary>Sends a request or a notification. Over HTTP it completes with the head of the response.</summary>
    Task<McpAnswer> SendAsync(string method, ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>Ends the session, if the server has opened one.</summary>
    Task EndAsync(CancellationToken cancellationToken);
}

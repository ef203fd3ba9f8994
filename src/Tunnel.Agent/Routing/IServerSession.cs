namespace Culvert.Tunnel.Agent.Routing;

/// <summary>The agent's own session with an MCP server, in one era, with no client capabilities.</summary>
internal interface IServerSession : IAsyncDisposable
{
    /// <summary>The server's response to <c>initialize</c> or <c>server/discover</c>.</summary>
    ReadOnlyMemory<byte> Greeting { get; }

    /// <param name="cursor">The cursor of the page; null: the first page.</param>
    /// <exception cref="CrawlException">The server did not respond with a JSON-RPC message.</exception>
    Task<ReadOnlyMemory<byte>> ListAsync(string method, string? cursor, CancellationToken cancellationToken);
}

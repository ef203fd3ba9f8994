namespace Culvert.Tunnel.Agent.Routing;

/// <summary>The agent's own conversation with an MCP server, in one era, with no client capabilities.</summary>
internal interface IServerSession : IAsyncDisposable
{
    /// <summary>The server's response to <c>initialize</c> or <c>server/discover</c>.</summary>
    ReadOnlyMemory<byte> Greeting { get; }

    /// <summary>The server's response to a request for one page of a list.</summary>
    /// <param name="method">The list.</param>
    /// <param name="cursor">Where the page begins; null: at the beginning.</param>
    /// <param name="cancellationToken">Bounds the wait.</param>
    /// <exception cref="CrawlException">It did not respond with a JSON-RPC message.</exception>
    Task<ReadOnlyMemory<byte>> ListAsync(string method, string? cursor, CancellationToken cancellationToken);
}

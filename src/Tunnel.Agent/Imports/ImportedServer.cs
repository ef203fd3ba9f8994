using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>An entry of <c>mcp.server_urls</c>.</summary>
/// <param name="Section">The section of the entry.</param>
/// <param name="Name">The name of the server's channel.</param>
/// <param name="Url">The URL of the MCP endpoint.</param>
internal sealed record ImportedServer(ConfigSection Section, string Name, Uri Url)
{
    /// <summary>Scheme, host and port, without a user.</summary>
    public string Origin { get; } = $"{Url.Scheme}://{RouteAddress.ToAuthority(Url)}";

    /// <summary>The Unix socket to dial in place of the URL's host; empty for none.</summary>
    public required string Socket { get; init; }

    public required ImportedProxy? Proxy { get; init; }

    /// <summary>The path of the client certificate; empty for none.</summary>
    public required string Certificate { get; init; }

    /// <summary>The path of the certificate's key; empty for none.</summary>
    public required string Key { get; init; }
}

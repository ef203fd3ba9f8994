namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>What a client needs to call the MCP server through the development system.</summary>
/// <param name="Url">The address to call.</param>
/// <param name="CaFile">The roots to trust.</param>
/// <param name="TokenFile">A token for the route, mode 0600, renewed before it expires.</param>
/// <param name="Folder">All other files, and logs.</param>
internal sealed record DevAccess(Uri Url, string CaFile, string TokenFile, string Folder)
{
    /// <summary>Why the MCP server does not answer yet; empty when it does.</summary>
    public string UpstreamProblem { get; init; } = "";
}

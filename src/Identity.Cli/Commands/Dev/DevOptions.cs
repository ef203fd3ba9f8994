namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>What <c>culvert dev</c> was asked for.</summary>
/// <param name="Target">The MCP server.</param>
/// <param name="Port">Where clients connect; null = the usual port if it is free, else any.</param>
/// <param name="Keep">Whether the state stays when everything has ended.</param>
internal sealed record DevOptions(DevTarget Target, int? Port, bool Keep);

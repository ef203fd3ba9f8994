namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>The options of <c>culvert dev</c>.</summary>
/// <param name="Target">The MCP server.</param>
/// <param name="Port">Where clients connect; null = the usual port if it is free, else any.</param>
/// <param name="Keep">Whether the state stays when everything has ended.</param>
internal sealed record DevOptions(DevTarget Target, int? Port, bool Keep);

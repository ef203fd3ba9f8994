namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>The options of <c>culvert dev</c>.</summary>
/// <param name="Port">Where clients connect; null = the usual port if it is free, else any.</param>
/// <param name="Keep">Whether the state is kept after the end.</param>
internal sealed record DevOptions(DevTarget Target, int? Port, bool Keep);

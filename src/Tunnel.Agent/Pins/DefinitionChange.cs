namespace Culvert.Tunnel.Agent.Pins;

/// <summary>One member that differs between two definitions.</summary>
/// <param name="Member">Its name.</param>
/// <param name="Before">Its JSON in the pin; null: it was not there.</param>
/// <param name="After">Its JSON now; null: it is not there any more.</param>
internal sealed record DefinitionChange(string Member, string? Before, string? After);

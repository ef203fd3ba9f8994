namespace Culvert.Tunnel.Agent.Pins;

/// <summary>A member that differs between two definitions.</summary>
/// <param name="Before">Its JSON in the pin; null: it did not exist.</param>
/// <param name="After">Its JSON now; null: it no longer exists.</param>
internal sealed record DefinitionChange(string Member, string? Before, string? After);

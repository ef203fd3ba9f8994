namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>A name in a list of a server.</summary>
/// <param name="IsVisible">Whether the policy shows it to the caller of the list.</param>
internal readonly record struct SeenName(TargetKind Kind, string Name, bool IsVisible);

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>A table that a statement reads: a step and its columns.</summary>
internal sealed record JoinTable(string Name, IReadOnlyList<string> Columns);

namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>Identifies a slot: a connection to an edge.</summary>
/// <param name="Number">From 0 to below the number of connections to each edge.</param>
internal readonly record struct EdgeSlotKey(string EdgeId, int Number);

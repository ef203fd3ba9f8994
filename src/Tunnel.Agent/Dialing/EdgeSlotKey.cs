namespace Culvert.Tunnel.Agent.Dialing;

/// <param name="Number">From 0 to below the number of connections to each edge.</param>
internal readonly record struct EdgeSlotKey(string EdgeId, int Number);

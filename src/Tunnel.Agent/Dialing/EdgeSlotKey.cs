namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>Which connection to which edge a slot has.</summary>
/// <param name="EdgeId">The edge.</param>
/// <param name="Number">From 0 to the number of connections to each edge.</param>
internal readonly record struct EdgeSlotKey(string EdgeId, int Number);

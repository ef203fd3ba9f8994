namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>A part of the provider's tunnel with an address of its own.</summary>
/// <param name="Name">Lower-case letters, digits, "_" and "-".</param>
/// <param name="Route">The name of the route that serves it.</param>
/// <param name="HasAffinity">
/// Whether the route's upstream is a program or a server of this agent, which no other agent has.
/// </param>
internal sealed record LongPollChannel(string Name, string Route, bool HasAffinity);

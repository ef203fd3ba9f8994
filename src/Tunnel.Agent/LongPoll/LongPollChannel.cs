namespace Culvert.Tunnel.Agent.LongPoll;

/// <param name="Name">Lower-case letters, digits, "_" and "-".</param>
/// <param name="HasAffinity">
/// Whether the route's upstream is a program or a server of this agent, which no other agent has.
/// </param>
internal sealed record LongPollChannel(string Name, string Route, bool HasAffinity);

using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>Who and what a limit counts for.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Principal">The caller, as <see cref="Requests.Principal.Person"/>; empty where the agent does not ask.</param>
/// <param name="Kind">What <paramref name="Name"/> is.</param>
/// <param name="Name">What is called.</param>
internal readonly record struct LimitKey(string Rule, string Principal, TargetKind Kind, string Name);

using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Policy;

/// <param name="Principal">
/// <see cref="Requests.Principal.Person"/>, or for a budget per client <see cref="Requests.Principal.Identity"/>; empty
/// without authentication.
/// </param>
internal readonly record struct LimitKey(string Rule, string Principal, TargetKind Kind, string Name);

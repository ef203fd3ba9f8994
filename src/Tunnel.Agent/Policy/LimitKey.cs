using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>The caller and the target that a limit counts for.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Principal">
/// <see cref="Requests.Principal.Person"/>, or for a budget per client <see cref="Requests.Principal.Identity"/>; empty
/// on routes that do not authenticate callers.
/// </param>
/// <param name="Kind">The kind of <paramref name="Name"/>.</param>
/// <param name="Name">The name that is called.</param>
internal readonly record struct LimitKey(string Rule, string Principal, TargetKind Kind, string Name);

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>Why the arguments of a call do not satisfy a rule.</summary>
/// <param name="At">The pointer of the constraint; never the value there.</param>
/// <param name="Condition">The key of what is not true.</param>
internal sealed record ArgumentError(string At, string Condition);

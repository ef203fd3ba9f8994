namespace Culvert.Tunnel.Agent.Policy;

/// <summary>The effect of a rule on its names. A denial takes precedence, regardless of the order.</summary>
internal enum PolicyEffect
{
    Allow,
    Deny,
}

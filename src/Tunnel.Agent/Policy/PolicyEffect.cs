namespace Culvert.Tunnel.Agent.Policy;

/// <summary>What a rule says of the names it lists. Deny wins, whatever the order.</summary>
internal enum PolicyEffect
{
    Allow,
    Deny,
}

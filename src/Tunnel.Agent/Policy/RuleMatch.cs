namespace Culvert.Tunnel.Agent.Policy;

/// <summary>The first rule of each effect that was found, by its place in the file; -1 = none.</summary>
internal struct RuleMatch()
{
    public int Allow = -1;
    public int Deny = -1;

    public void Add(CompiledRule rule)
    {
        ref var place = ref rule.IsDeny ? ref Deny : ref Allow;
        if (place < 0 || rule.Place < place)
        {
            place = rule.Place;
        }
    }
}

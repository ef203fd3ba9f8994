namespace Culvert.Tunnel.Agent.Upstreams.Addresses;

/// <summary>What happens to an answer that names an address of the inner network other than the upstream's own.</summary>
internal enum InnerAddresses
{
    /// <summary>The agent answers with an error: outside clients cannot reach the address and should not learn it.</summary>
    Refuse,

    Pass,
}

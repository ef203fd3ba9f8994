namespace Culvert.Tunnel.Agent.Upstreams.Addresses;

/// <summary>What happens to an answer that names an address of the inner network other than the upstream's own.</summary>
internal enum InnerAddresses
{
    /// <summary>The agent answers in its place: outside clients can reach no such address, and should not learn it.</summary>
    Refuse,

    /// <summary>It goes to the client as it came.</summary>
    Pass,
}

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal enum ProofResult
{
    Proven,

    /// <summary>The servers answered without the record.</summary>
    Missing,

    /// <summary>The name has no servers that may be queried, or none of them answered.</summary>
    Unreachable,

    /// <summary>The service's own resolver failed, which says nothing about the name.</summary>
    Unavailable,
}

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal enum ProofResult
{
    Proven,

    /// <summary>The servers answered without the record.</summary>
    Missing,

    /// <summary>The name has no servers that may be queried, or none of them answered.</summary>
    Unreachable,

    /// <summary>The service's own resolver failed, so the name is neither proven nor refuted.</summary>
    Unavailable,
}

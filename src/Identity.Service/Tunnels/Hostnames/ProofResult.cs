namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>What a look at the name servers of a name found.</summary>
internal enum ProofResult
{
    /// <summary>The expected TXT record.</summary>
    Proven,

    /// <summary>They answered, without it.</summary>
    Missing,

    /// <summary>The name has no name servers that can be asked, or none of them answered.</summary>
    Unreachable,

    /// <summary>We could not find out who they are: our own resolver failed, which says nothing about the name.</summary>
    Unavailable,
}

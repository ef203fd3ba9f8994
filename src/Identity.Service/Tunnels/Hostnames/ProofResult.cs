namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>The result of a check of a name's name servers.</summary>
internal enum ProofResult
{
    /// <summary>The expected TXT record.</summary>
    Proven,

    /// <summary>They answered, without it.</summary>
    Missing,

    /// <summary>The name has no name servers that can be asked, or none of them answered.</summary>
    Unreachable,

    /// <summary>
    /// We could not find out who they are: our own resolver failed, which carries no information about the name.
    /// </summary>
    Unavailable,
}

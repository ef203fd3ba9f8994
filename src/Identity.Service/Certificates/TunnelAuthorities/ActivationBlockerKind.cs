namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal enum ActivationBlockerKind
{
    /// <summary>A live agent of the tunnel; id <c>agt_…</c>.</summary>
    Agent,

    /// <summary>A registered relying party.</summary>
    RelyingParty,

    /// <summary>An archived relying party that spoke not long ago: nothing is left that could acknowledge for it.</summary>
    ArchivedRelyingParty,

    /// <summary>An edge.</summary>
    Edge,

    /// <summary>Clients do not acknowledge: the time that they have to fetch the bundle is not over.</summary>
    Propagation,
}

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal enum ActivationBlockerKind
{
    Agent,

    RelyingParty,

    /// <summary>An archived relying party that called recently: it can no longer acknowledge.</summary>
    ArchivedRelyingParty,

    Edge,

    /// <summary>Clients do not acknowledge: their time to fetch the bundle is not over.</summary>
    Propagation,
}

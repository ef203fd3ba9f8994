namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal enum ActivationBlockerKind
{
    /// <summary>A live agent of the tunnel; id <c>agt_…</c>.</summary>
    Agent,

    /// <summary>A registered relying party.</summary>
    RelyingParty,

    /// <summary>An edge.</summary>
    Edge,

    /// <summary>Nobody acknowledges: the time that clients are given to fetch the bundle is not over.</summary>
    Propagation,
}

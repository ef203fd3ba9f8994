namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>Who keeps a copy of a tunnel's bundle.</summary>
internal enum HolderKind
{
    Agent,

    RelyingParty,
}

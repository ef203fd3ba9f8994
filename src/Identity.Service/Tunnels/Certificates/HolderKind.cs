namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>Who keeps a copy of a tunnel's bundle.</summary>
internal enum HolderKind
{
    Agent,

    RelyingParty,
}

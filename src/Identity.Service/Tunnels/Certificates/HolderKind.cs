namespace Culvert.Identity.Service.Tunnels.Certificates;

internal enum HolderKind
{
    Agent,

    RelyingParty,
}

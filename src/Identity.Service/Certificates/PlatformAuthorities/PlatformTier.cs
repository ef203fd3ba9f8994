namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal enum PlatformTier
{
    /// <summary>Pinned by machines; used only to certify issuing authorities.</summary>
    Root,

    /// <summary>Signs the certificates of agents, edges and the service.</summary>
    Issuing,
}

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>The two tiers of the platform CA (S11).</summary>
internal enum PlatformTier
{
    /// <summary>Pinned by machines; used only to certify issuing authorities.</summary>
    Root,

    /// <summary>Signs the certificates of agents, edges and the service.</summary>
    Issuing,
}

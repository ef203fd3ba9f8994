namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal enum RootState
{
    Staged,

    /// <summary>Certifies issuing authorities: exactly one root is active.</summary>
    Active,

    /// <summary>In the bundle until its last certificates have expired.</summary>
    Retiring,

    /// <summary>Removed from the bundle, its key destroyed.</summary>
    Retired,
}

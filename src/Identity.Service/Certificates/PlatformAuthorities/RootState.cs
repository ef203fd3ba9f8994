namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>The life of a root of the platform CA.</summary>
internal enum RootState
{
    /// <summary>In the bundle; nothing is issued under it yet.</summary>
    Staged,

    /// <summary>Issuing authorities are made under it: one at every moment.</summary>
    Active,

    /// <summary>In the bundle until its last certificates have expired.</summary>
    Retiring,

    /// <summary>Out of the bundle, its key destroyed.</summary>
    Retired,
}

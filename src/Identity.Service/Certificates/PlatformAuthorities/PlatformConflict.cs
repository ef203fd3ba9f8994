namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal enum PlatformConflict
{
    /// <summary>Another command changed the roots first.</summary>
    Stale,
}

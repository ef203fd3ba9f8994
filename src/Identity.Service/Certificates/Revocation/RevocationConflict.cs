namespace Culvert.Identity.Service.Certificates.Revocation;

internal enum RevocationConflict
{
    /// <summary>Another command revoked it, or changed the reason to keyCompromise, first.</summary>
    Changed,

    /// <summary>Another node published that list first.</summary>
    Published,
}

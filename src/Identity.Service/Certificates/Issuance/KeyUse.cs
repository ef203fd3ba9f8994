namespace Culvert.Identity.Service.Certificates.Issuance;

internal enum KeyUse
{
    /// <summary>The key of an authority that the service holds, or of a certificate that the tunnel trusts.</summary>
    Authority,

    /// <summary>A certificate for it was revoked with reason keyCompromise.</summary>
    Compromised,

    /// <summary>It is certified for another identity.</summary>
    OtherIdentity,
}

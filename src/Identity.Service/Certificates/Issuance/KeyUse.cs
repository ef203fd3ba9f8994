namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Why a key may not be certified.</summary>
internal enum KeyUse
{
    /// <summary>
    /// The key belongs to an authority that the service holds, or to a certificate that the tunnel trusts.
    /// </summary>
    Authority,

    /// <summary>A certificate for it was revoked with reason keyCompromise.</summary>
    Compromised,

    /// <summary>It is certified for another identity.</summary>
    OtherIdentity,
}

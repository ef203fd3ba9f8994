namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Why a key may not be certified.</summary>
internal enum KeyUse
{
    /// <summary>It is the key of an authority that the service holds, or of a certificate that the tunnel trusts.</summary>
    Authority,

    /// <summary>A certificate for it was revoked because the key is known to others.</summary>
    Compromised,

    /// <summary>It is certified for another identity.</summary>
    OtherIdentity,
}

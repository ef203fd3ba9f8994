namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Why a key may not be certified.</summary>
internal enum KeyUse
{
    /// <summary>It is the key of an authority or of a registered certificate, of any tunnel.</summary>
    Authority,

    /// <summary>A certificate for it was revoked because the key is known to others.</summary>
    Compromised,

    /// <summary>It is certified for somebody else.</summary>
    OtherIdentity,
}

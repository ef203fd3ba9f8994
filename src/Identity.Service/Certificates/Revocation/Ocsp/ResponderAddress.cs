namespace Culvert.Identity.Service.Certificates.Revocation.Ocsp;

/// <summary>Which server certificates contain their OCSP responder's address (RFC 5280 §4.2.2.1).</summary>
internal enum ResponderAddress
{
    /// <summary>No certificate contains the address: operators configure verifiers with it.</summary>
    Never,

    /// <summary>Only certificates that are valid for more than a day contain the address.</summary>
    LongLived,

    Always,
}

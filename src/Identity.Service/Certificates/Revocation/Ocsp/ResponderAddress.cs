namespace Culvert.Identity.Service.Certificates.Revocation.Ocsp;

/// <summary>Which server certificates contain their OCSP responder's address (RFC 5280 §4.2.2.1).</summary>
internal enum ResponderAddress
{
    /// <summary>None: verifiers are configured with the address.</summary>
    Never,

    /// <summary>Those valid for more than a day.</summary>
    LongLived,

    Always,
}

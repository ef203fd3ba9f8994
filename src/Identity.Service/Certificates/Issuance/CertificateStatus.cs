namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>How far an issuance came.</summary>
internal enum CertificateStatus
{
    /// <summary>Recorded before signing; what became of it is not known yet.</summary>
    Intent,

    /// <summary>Signed and recorded.</summary>
    Issued,

    /// <summary>Never handed out: signing or recording failed. Its serial number stays used.</summary>
    Void,
}

namespace Culvert.Identity.Service.Certificates.Issuance;

internal enum CertificateStatus
{
    /// <summary>Recorded before signing; the result is not known yet.</summary>
    Intent,

    Issued,

    /// <summary>Never handed out: signing or recording failed. Its serial number stays used.</summary>
    Void,
}

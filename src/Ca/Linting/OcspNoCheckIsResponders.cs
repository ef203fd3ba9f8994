using Culvert.Ca.Encoding;

namespace Culvert.Ca.Linting;

/// <summary>Every OCSP responder's certificate, and no other, is exempt from revocation checks.</summary>
internal sealed class OcspNoCheckIsResponders : ICertificateLint
{
    // DER of NULL.
    private static readonly byte[] Null = [0x05, 0x00];

    public string Name => "ocsp_no_check_is_responders";

    public string Clause => "RFC 6960 §4.2.2.2.1";

    public bool Holds(LintSubject subject)
    {
        DerExtension? extension = subject.Certificate.Extensions.FirstOrDefault(one => one.Oid == Oids.OcspNoCheck);
        return subject.Order.Profile.IsResponder
            ? extension is { Critical: false } && extension.Value.Span.SequenceEqual(Null)
            : extension is null;
    }
}

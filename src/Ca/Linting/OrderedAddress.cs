using System.Formats.Asn1;
using Culvert.Ca.Encoding;

namespace Culvert.Ca.Linting;

/// <summary>An extension that holds one address: it is the ordered one, not critical, and one that every verifier can reach.</summary>
internal static class OrderedAddress
{
    /// <param name="subject">The certificate with its order.</param>
    /// <param name="oid">The extension.</param>
    /// <param name="ordered">The address; null = the certificate must not have the extension.</param>
    /// <param name="read">Reads the address from the extension's value.</param>
    public static bool Holds(LintSubject subject, string oid, string? ordered, Func<AsnReader, string> read)
    {
        DerExtension? extension = subject.Certificate.Extensions.FirstOrDefault(one => one.Oid == oid);
        if (ordered is null)
        {
            return extension is null;
        }

        try
        {
            return extension is { Critical: false }
                && read(extension.OpenValue()) == ordered
                && Uri.TryCreate(ordered, UriKind.Absolute, out Uri? uri)
                && uri.Scheme is "http" or "https";
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}

using System.Formats.Asn1;
using Culvert.Ca.Encoding;

namespace Culvert.Ca.Linting;

/// <summary>An extension with one address: the ordered one, not critical, and reachable for every verifier.</summary>
internal static class OrderedAddress
{
    /// <param name="ordered">The address; null = the certificate must not have the extension.</param>
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

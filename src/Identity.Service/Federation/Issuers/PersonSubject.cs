using System.Diagnostics.CodeAnalysis;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// A person's <c>sub</c> in tokens of the organization's authorization server: the record of their identity provider, a
/// colon, and their subject there, so that no two providers' people have the same one.
/// </summary>
internal static class PersonSubject
{
    private const string IssuerPrefix = "fdis_";

    public static string Format(string issuerId, string subject) => $"{issuerId}:{subject}";

    /// <summary>The subject may contain colons; an issuer's id has none.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out string? issuerId,
        [NotNullWhen(true)] out string? subject
    )
    {
        var separator = text.IndexOf(':', StringComparison.Ordinal);
        if (
            separator <= IssuerPrefix.Length
            || separator == text.Length - 1
            || !text.StartsWith(IssuerPrefix, StringComparison.Ordinal)
        )
        {
            issuerId = null;
            subject = null;
            return false;
        }

        issuerId = text[..separator];
        subject = text[(separator + 1)..];
        return true;
    }
}

using System.Text;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>A claim's value for records: bounded, without control characters and without personal data.</summary>
internal static class ClaimText
{
    public const string Redacted = "[redacted]";

    // OpenID Connect Core §5.1: claims about a person. A rule may read them; a trace does not show them.
    private static readonly HashSet<string> Personal = new(StringComparer.Ordinal)
    {
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "email",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "phone_number",
        "address",
        "upn",
        "unique_name",
        "user_email",
    };

    public static bool IsPersonal(string claim) => Personal.Contains(claim);

    public static string? Read(ClaimSet claims, string name)
    {
        if (!claims.TryFind(Encoding.UTF8.GetBytes(name), out var claim))
        {
            return null;
        }

        return IsPersonal(name)
            ? Redacted
            : UntrustedText.Bounded(claim.ReadString() ?? Encoding.UTF8.GetString(claim.Raw));
    }
}

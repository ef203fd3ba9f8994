namespace Culvert.Identity.Service.Mail;

/// <summary>
/// Mail addresses in configuration and registrations: only the plain form (RFC 5321 §4.1.2, dot-string), in ASCII, so that
/// no address can inject a header or command.
/// </summary>
internal static class MailAddressText
{
    private const int MaxLocalCharacters = 64; // RFC 5321 §4.5.3.1.1
    private const int MaxCharacters = 254; // §4.5.3.1.3, without the brackets

    public static bool IsAddress(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at is > 0 and <= MaxLocalCharacters
            && text.Length <= MaxCharacters
            && text[..at].Split('.').All(part => part.Length > 0 && part.All(IsAtom))
            && IsDomain(text[(at + 1)..]);
    }

    public static bool IsDomain(string text) =>
        text.Split('.')
            .All(label =>
                label.Length is > 0 and <= 63
                && label[0] != '-'
                && label[^1] != '-'
                && label.All(character => char.IsAsciiLetterOrDigit(character) || character == '-')
            );

    // RFC 5322 §3.2.3
    private static bool IsAtom(char character) =>
        char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-/=?^_`{|}~".Contains(character, StringComparison.Ordinal);
}

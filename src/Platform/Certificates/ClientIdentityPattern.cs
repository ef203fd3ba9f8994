using System.Diagnostics.CodeAnalysis;

namespace Culvert.Platform.Certificates;

/// <summary>
/// Which clients of a CA may connect (S22): <c>uri:</c>, <c>dns:</c> or <c>email:</c> and a value, exact or with one
/// <c>*</c> for one whole, non-empty segment: of a URI's path, the first label of a DNS name, or the part before the
/// <c>@</c>.
/// </summary>
public sealed class ClientIdentityPattern
{
    /// <summary>The longest value, which equals the longest name that an agent receives (<c>OPEN</c>).</summary>
    public const int MaxLength = 500;

    private readonly ClientIdentityKind kind;
    private readonly string before;
    private readonly string? after; // null: no star, and before contains the whole value

    private ClientIdentityPattern(string text, ClientIdentityKind kind, string before, string? after)
    {
        Text = text;
        this.kind = kind;
        this.before = before;
        this.after = after;
    }

    public string Text { get; }

    /// <summary>False when a star could match more than a segment, or the value does not fit its kind.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ClientIdentityPattern? pattern)
    {
        pattern = null;
        if (text is null || text.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon))
        {
            return false;
        }

        var value = text[(colon + 1)..];
        if (
            value.Length is 0 or > MaxLength
            || !TryKind(text[..colon], out var kind)
            || value.AsSpan().ContainsAnyExceptInRange('!', '~') // no blanks, no control characters, only IA5
        )
        {
            return false;
        }

        var star = value.IndexOf('*', StringComparison.Ordinal);
        var (before, after) = star < 0 ? (value, null) : (value[..star], value[(star + 1)..]);
        var valid =
            after?.Contains('*', StringComparison.Ordinal) != true
            && kind switch
            {
                ClientIdentityKind.Uri => IsUri(value, before, after),
                ClientIdentityKind.Dns => IsDns(before, after),
                _ => IsEmail(before, after),
            };
        pattern = valid ? new ClientIdentityPattern(text, kind, before, after) : null;
        return valid;
    }

    public bool Matches(ClientName name)
    {
        if (name.Kind != kind || name.Value.Length > MaxLength)
        {
            return false;
        }

        // DNS names and e-mail domains are case-insensitive (RFC 5280 §7.2, §7.5); the rest is compared as octets.
        return kind switch
        {
            ClientIdentityKind.Uri => Fits(name.Value, StringComparison.Ordinal, '/'),
            ClientIdentityKind.Dns => Fits(name.Value, StringComparison.OrdinalIgnoreCase, '.'),
            _ => FitsEmail(name.Value),
        };
    }

    public override string ToString() => Text;

    internal static string Word(ClientIdentityKind kind) =>
        kind switch
        {
            ClientIdentityKind.Uri => "uri",
            ClientIdentityKind.Dns => "dns",
            _ => "email",
        };

    private bool Fits(string value, StringComparison comparison, char separator)
    {
        if (after is null)
        {
            return value.Equals(before, comparison);
        }

        if (
            value.Length <= before.Length + after.Length
            || !value.StartsWith(before, comparison)
            || !value.EndsWith(after, comparison)
        )
        {
            return false;
        }

        // The matched segment of a URI must not contain a query or fragment.
        var segment = value.AsSpan(before.Length, value.Length - before.Length - after.Length);
        return !segment.Contains(separator) && !segment.ContainsAny('?', '#', '*');
    }

    private bool FitsEmail(string value)
    {
        var at = value.LastIndexOf('@');
        if (at <= 0)
        {
            return false;
        }

        var (local, domain) = (value[..at], value[at..]);
        return after is null
            ? domain.Equals(before[before.LastIndexOf('@')..], StringComparison.OrdinalIgnoreCase)
                && local == before[..before.LastIndexOf('@')]
            : domain.Equals(after, StringComparison.OrdinalIgnoreCase)
                && !local.Contains('@', StringComparison.Ordinal);
    }

    private static bool TryKind(string word, out ClientIdentityKind kind)
    {
        (kind, var known) = word switch
        {
            "uri" => (ClientIdentityKind.Uri, true),
            "dns" => (ClientIdentityKind.Dns, true),
            "email" => (ClientIdentityKind.Email, true),
            _ => (default, false),
        };
        return known;
    }

    // The star is a whole segment of the path, never part of scheme, authority, query or fragment.
    private static bool IsUri(string value, string before, string? after)
    {
        if (!Uri.TryCreate(value.Replace("*", "x", StringComparison.Ordinal), UriKind.Absolute, out _))
        {
            return false;
        }

        if (after is null)
        {
            return true;
        }

        var authority = before.IndexOf("://", StringComparison.Ordinal);
        return authority > 0
            && before.Length > authority + 4 // at least a host and a slash after it
            && before.EndsWith('/')
            && before.IndexOf('/', authority + 3) > authority + 3
            && !before.AsSpan().ContainsAny('?', '#')
            && (after.Length == 0 || after.StartsWith('/'))
            && !after.AsSpan().ContainsAny('?', '#');
    }

    private static bool IsDns(string before, string? after) =>
        after is null
            ? IsDnsName(before)
            : before.Length == 0
                && after.StartsWith('.')
                && IsDnsName(after[1..])
                && after[1..].Contains('.', StringComparison.Ordinal); // not a whole top-level domain

    private static bool IsEmail(string before, string? after) =>
        after is null
            ? before.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && IsDnsName(before[(at + 1)..])
            : before.Length == 0 && after.StartsWith('@') && IsDnsName(after[1..]);

    private static bool IsDnsName(string name) =>
        name.Length is > 0 and <= 253
        && name.Split('.')
            .All(label =>
                label.Length is > 0 and <= 63
                && label[0] != '-'
                && label[^1] != '-'
                && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            );
}

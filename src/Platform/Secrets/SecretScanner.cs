using System.Buffers;
using System.Text;

namespace Culvert.Platform.Secrets;

/// <summary>
/// Hides secrets in text of any kind: log lines, JSON, YAML, headers, URLs, command lines. It goes back only over
/// names, so that hostile text costs time proportional to its length.
/// </summary>
internal static class SecretScanner
{
    private const int MaxName = 128;
    private const int MaxLabel = 64;

    // A list or object on one log line; a longer one is hidden to the end of its line.
    private const int MaxList = 4096;

    private const int LeastCredential = 8;
    private const int LeastKey = 16;
    private const int MaxJwtParts = 4;

    private static readonly SearchValues<char> Delimiters = SearchValues.Create(" \t\r\n\"'&,;})]<>");
    private static readonly SearchValues<char> AuthorityEnds = SearchValues.Create("/ \t\r\n\"'");

    // base64url of {" and of { followed by a blank or a line end.
    private static readonly string[] JwtBeginnings = ["eyJ", "eyA", "ewo", "ew0", "ewk"];

    // Prefixes of providers' keys.
    private static readonly string[] KeyPrefixes =
    [
        "sk-",
        "sk_",
        "pk_live_",
        "rk_live_",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "xoxa-",
        "xoxb-",
        "xoxp-",
        "xoxr-",
        "xoxs-",
        "hf_",
        "npm_",
        "AKIA",
        "ASIA",
        "AIza",
    ];

    public static string Hide(string text) => HideCredentials(HideNamed(HideUsers(HidePrivateKeys(text))));

    // A key without an end mark continues to the end of the text.
    private static string HidePrivateKeys(string text)
    {
        const string begin = "-----BEGIN ";
        const string end = "-----END ";
        const string dashes = "-----";
        var written = new Copy(text);
        var at = text.IndexOf(begin, StringComparison.Ordinal);
        while (at >= 0)
        {
            var label = at + begin.Length;
            var most = Math.Min(MaxLabel, text.Length - label);
            var labelEnd = text.IndexOf(dashes, label, most, StringComparison.Ordinal);
            var next = label;
            if (labelEnd >= 0 && text.AsSpan(label, labelEnd - label).Contains("PRIVATE KEY", StringComparison.Ordinal))
            {
                var last = text.IndexOf(end, labelEnd, StringComparison.Ordinal);
                var close = last < 0 ? -1 : text.IndexOf(dashes, last + end.Length, StringComparison.Ordinal);
                next = close < 0 ? text.Length : close + dashes.Length;
                written.Replace(at, next);
            }

            at = text.IndexOf(begin, next, StringComparison.Ordinal);
        }

        return written.Finish();
    }

    // scheme://user:password@host
    private static string HideUsers(string text)
    {
        const string mark = "://";
        var written = new Copy(text);
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        while (at >= 0)
        {
            var begin = at + mark.Length;
            var length = text.AsSpan(begin).IndexOfAny(AuthorityEnds);
            var authority = length < 0 ? text.AsSpan(begin) : text.AsSpan(begin, length);
            var user = authority.LastIndexOf('@');
            if (user > 0)
            {
                written.Replace(begin, begin + user);
            }

            at = text.IndexOf(mark, begin, StringComparison.Ordinal);
        }

        return written.Finish();
    }

    // name=value, "name": "value", name: value, --name value
    private static string HideNamed(string text)
    {
        var written = new Copy(text);
        var at = 0;
        while (at < text.Length)
        {
            var after = FindSeparatorEnd(text, at);
            if (after > 0 && TryFindValue(text, at, after, out var start, out var end))
            {
                written.Replace(start, end);
                at = end;
            }
            else
            {
                at++;
            }
        }

        return written.Finish();
    }

    /// <summary>The index after a separator of name and value that begins here; 0: there is none.</summary>
    private static int FindSeparatorEnd(string text, int at)
    {
        switch (text[at])
        {
            case ':':
            case ' ':
                return at + 1;
            case '=':
                var after = at + 1;
                while (after < text.Length && text[after] is '=' or '>')
                {
                    after++;
                }

                return after;
            case '%' when StartsWith(text, at, "%3D"):
                return at + 3;
            default:
                return 0;
        }
    }

    private static bool TryFindValue(string text, int separator, int after, out int start, out int end)
    {
        (start, end) = (after, after);
        var nameStart = FindName(text, separator, out var nameEnd, out var isParameter);
        var name = text.AsSpan(nameStart, nameEnd - nameStart);
        var kind = text[separator];
        if (
            name.IsEmpty
            || (kind == ' ' && !name.StartsWith("--", StringComparison.Ordinal))
            || StartsWith(text, after, "//")
            || !(
                SecretNames.IsSecret(name)
                || (isParameter && SecretNames.IsParameter(name))
                || (kind == '=' && SecretNames.IsAssigned(name))
            )
        )
        {
            return false;
        }

        while (start < text.Length && text[start] is ' ' or '\t')
        {
            start++;
        }

        if (start == text.Length)
        {
            return false;
        }

        var isWholeLine = kind == ':' && BeginsLine(text, nameStart);
        switch (text[start])
        {
            case '\r' or '\n' or '|' or '>' when isWholeLine:
                end = FindBlockEnd(text, nameStart, start);
                break;
            case '\r' or '\n':
            case '-' when kind == ' ':
                return false;
            case '"' or '\'':
                start++;
                end = FindQuoteEnd(text, start, text[start - 1]);
                break;
            case '\\' when StartsWith(text, start, "\\\""):
                start += 2;
                end = text.IndexOf("\\\"", start, StringComparison.Ordinal) is var close and >= 0
                    ? Math.Min(close, FindLineEnd(text, start))
                    : FindLineEnd(text, start);
                break;
            case '[' or '{':
                end = FindListEnd(text, start);
                break;
            default:
                end =
                    isWholeLine ? FindLineEnd(text, start)
                    : SecretNames.IsHeader(name) ? FindQuoteEnd(text, start, '"')
                    : FindWordEnd(text, start, kind == '%');
                if (isWholeLine && text[end - 1] == ',')
                {
                    end--;
                }

                break;
        }

        return end > start && !IsHarmless(text.AsSpan(start, end - start));
    }

    private static int FindName(string text, int separator, out int nameEnd, out bool isParameter)
    {
        nameEnd = separator;
        if (text[separator] is ':' or '=')
        {
            while (nameEnd > 0 && separator - nameEnd < MaxName && text[nameEnd - 1] is ' ' or '\t')
            {
                nameEnd--;
            }

            if (nameEnd > 0 && text[nameEnd - 1] is '"' or '\'')
            {
                nameEnd--;
                nameEnd -= nameEnd > 0 && text[nameEnd - 1] == '\\' ? 1 : 0;
            }
        }

        var start = nameEnd;
        while (start > 0 && nameEnd - start < MaxName && IsNameCharacter(text[start - 1]))
        {
            start--;
        }

        var before = start > 0 ? text[start - 1] : '\0';
        isParameter = before is '?' or '&';
        // An escaped ampersand or question mark is not part of a name.
        var escaped =
            before == '\\' && (StartsWith(text, start, "u0026") || StartsWith(text, start, "u003f")) ? "u0026".Length
            : before == '%' && (StartsWith(text, start, "26") || StartsWith(text, start, "3F")) ? "26".Length
            : 0;
        if (escaped > 0 && start + escaped <= nameEnd)
        {
            isParameter = true;
            start += escaped;
        }

        return start;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';

    // As in YAML and in headers, including list items, quoted names and the arrows of tracing tools.
    private static bool BeginsLine(string text, int at)
    {
        var first = at - 1;
        while (
            first >= 0 && at - first < MaxName && text[first] is ' ' or '\t' or '-' or '"' or '\'' or '<' or '>' or '+'
        )
        {
            first--;
        }

        return first < 0 || text[first] is '\n' or '\r';
    }

    private static int FindLineEnd(string text, int at)
    {
        var length = text.AsSpan(at).IndexOfAny('\r', '\n');
        return length < 0 ? text.Length : at + length;
    }

    private static int FindWordEnd(string text, int at, bool isEscaped)
    {
        var length = text.AsSpan(at).IndexOfAny(Delimiters);
        var end = length < 0 ? text.Length : at + length;
        if (!isEscaped)
        {
            return end;
        }

        var next = text.AsSpan(at, end - at).IndexOf("%26", StringComparison.Ordinal);
        return next < 0 ? end : at + next;
    }

    private static int FindQuoteEnd(string text, int at, char quote)
    {
        while (at < text.Length && text[at] != quote && text[at] is not ('\r' or '\n'))
        {
            at += text[at] == '\\' && at + 1 < text.Length && text[at + 1] is not ('\r' or '\n') ? 2 : 1;
        }

        return Math.Min(at, text.Length);
    }

    private static int FindListEnd(string text, int start)
    {
        var depth = 0;
        var at = start;
        while (at < text.Length && at - start < MaxList)
        {
            var c = text[at++];
            if (c == '"')
            {
                at = FindQuoteEnd(text, at, '"') + 1;
                continue;
            }

            depth +=
                c is '[' or '{' ? 1
                : c is ']' or '}' ? -1
                : 0;
            if (depth == 0)
            {
                return at;
            }
        }

        return FindLineEnd(text, start);
    }

    /// <summary>The end of a YAML block: lines that are indented more than the name, and its list's items.</summary>
    private static int FindBlockEnd(string text, int nameStart, int start)
    {
        var indent = GetIndent(text, text.LastIndexOf('\n', nameStart, Math.Min(nameStart + 1, MaxName)) + 1);
        var end = FindLineEnd(text, start);
        var found = text[start] is '\r' or '\n' ? start : end;
        while (end < text.Length)
        {
            var line = end + (StartsWith(text, end, "\r\n") ? 2 : 1);
            var next = FindLineEnd(text, line);
            var inner = GetIndent(text, line);
            var isBlank = line + inner >= next;
            if (!isBlank && inner <= indent && !(inner == indent && text[line + inner] == '-'))
            {
                break;
            }

            end = next;
            found = isBlank ? found : next;
        }

        return found;
    }

    private static int GetIndent(string text, int line)
    {
        var at = line;
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }

        return at - line;
    }

    private static bool IsHarmless(ReadOnlySpan<char> value) =>
        value.Equals("true", StringComparison.OrdinalIgnoreCase)
        || value.Equals("false", StringComparison.OrdinalIgnoreCase)
        || value.Equals("null", StringComparison.OrdinalIgnoreCase);

    // Hides text that has the form of a credential.
    private static string HideCredentials(string text)
    {
        var written = new Copy(text);
        // Each run of characters is read once: no credential begins in a run that was already read without a match.
        var readTo = 0;
        var at = 0;
        while (at < text.Length)
        {
            var end = at > 0 && IsWordCharacter(text[at - 1]) ? 0 : FindCredentialEnd(text, at, ref readTo);
            if (end > at)
            {
                written.Replace(at, end);
                at = end;
            }
            else
            {
                at++;
            }
        }

        return written.Finish();
    }

    private static int FindCredentialEnd(string text, int at, ref int readTo) =>
        text[at] switch
        {
            'e' => FindJwtEnd(text, at, ref readTo),
            'c' when StartsWith(text, at, "clv_", StringComparison.Ordinal) => FindOwnEnd(text, at),
            _ when FindSchemeEnd(text, at) is var end and > 0 => end,
            _ => FindKeyEnd(text, at, ref readTo),
        };

    private static int FindSchemeEnd(string text, int at)
    {
        var (scheme, least) =
            StartsWith(text, at, "Bearer") ? (6, LeastCredential)
            : StartsWith(text, at, "Basic") ? (5, LeastCredential)
            : StartsWith(text, at, "DPoP") ? (4, LeastCredential)
            // These are also words of plain sentences.
            : StartsWith(text, at, "Negotiate") ? (9, LeastKey)
            : StartsWith(text, at, "NTLM") ? (4, LeastKey)
            : (0, 0);
        var start = at + scheme;
        while (start < text.Length && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        if (scheme == 0 || start == at + scheme)
        {
            return 0;
        }

        var end = start;
        while (end < text.Length && IsCredentialCharacter(text[end]))
        {
            end++;
        }

        return end - start >= least ? end : 0;
    }

    // RFC 6750 §2.1.
    private static bool IsCredentialCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '~' or '+' or '/' or '=' or '-';

    // Header, payload and signature; five parts if encrypted.
    private static int FindJwtEnd(string text, int at, ref int readTo)
    {
        var header = at >= readTo && HasJwtBeginning(text, at) ? FindRunEnd(text, at) : at;
        if (header - at < LeastCredential)
        {
            return 0;
        }

        var end = header;
        var parts = 0;
        while (parts < MaxJwtParts && end < text.Length && text[end] == '.')
        {
            end = FindRunEnd(text, end + 1);
            parts++;
        }

        readTo = header;
        return parts > 0 ? end : 0;
    }

    private static bool HasJwtBeginning(string text, int at)
    {
        foreach (var beginning in JwtBeginnings)
        {
            if (StartsWith(text, at, beginning, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    // This service's credentials are recognized by their prefix.
    private static int FindOwnEnd(string text, int at)
    {
        var kind = at + "clv_".Length;
        var secret = kind;
        while (secret < text.Length && char.IsAsciiLetterLower(text[secret]))
        {
            secret++;
        }

        if (secret == kind || secret == text.Length || text[secret] != '_')
        {
            return 0;
        }

        var end = FindRunEnd(text, secret + 1);
        return end - (secret + 1) >= LeastCredential ? end : 0;
    }

    private static int FindKeyEnd(string text, int at, ref int readTo)
    {
        foreach (var prefix in KeyPrefixes)
        {
            if (at >= readTo && StartsWith(text, at, prefix, StringComparison.Ordinal))
            {
                readTo = FindRunEnd(text, at + prefix.Length);
                var key = text.AsSpan(at, readTo - at);
                return key.Length >= LeastKey && key.ContainsAnyInRange('0', '9') ? readTo : 0;
            }
        }

        return 0;
    }

    private static int FindRunEnd(string text, int at)
    {
        while (at < text.Length && (IsWordCharacter(text[at]) || text[at] == '-'))
        {
            at++;
        }

        return at;
    }

    private static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static bool StartsWith(
        string text,
        int at,
        string beginning,
        StringComparison comparison = StringComparison.OrdinalIgnoreCase
    ) => at <= text.Length && text.AsSpan(at).StartsWith(beginning, comparison);

    /// <summary>A copy of a text with some parts replaced. The copy is made only at the first replacement.</summary>
    private sealed class Copy(string text)
    {
        private StringBuilder? written;
        private int copied;

        public void Replace(int start, int end)
        {
            written ??= new StringBuilder(text.Length);
            written.Append(text, copied, start - copied).Append(Redaction.Mark);
            copied = end;
        }

        public string Finish() =>
            written is null ? text : written.Append(text, copied, text.Length - copied).ToString();
    }
}

using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// A list of keys that are never certified: one hex SHA-256 of a DER SubjectPublicKeyInfo per line. Empty lines and
/// text after <c>#</c> are ignored.
/// </summary>
internal static class BlockedKeyList
{
    private const int HexDigits = 64;
    private const long MaxBytes = 64 * 1024 * 1024;

    public static bool TryRead(
        string file,
        [NotNullWhen(true)] out FrozenSet<string>? keys,
        [NotNullWhen(false)] out string? error
    )
    {
        keys = null;
        try
        {
            if (new FileInfo(file).Length > MaxBytes)
            {
                error = "It is larger than 64 MiB.";
                return false;
            }

            return TryParse(File.ReadLines(file), out keys, out error);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            error = unreadable.Message;
            return false;
        }
    }

    private static bool TryParse(
        IEnumerable<string> lines,
        [NotNullWhen(true)] out FrozenSet<string>? keys,
        [NotNullWhen(false)] out string? error
    )
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var end = line.IndexOf('#', StringComparison.Ordinal);
            var text = (end < 0 ? line : line[..end]).Trim();
            if (text.Length == 0)
            {
                continue;
            }

            if (text.Length != HexDigits || !text.All(char.IsAsciiHexDigit))
            {
                keys = null;
                error = string.Create(
                    CultureInfo.InvariantCulture,
                    $"Line {number} is not a SHA-256 digest in hexadecimal."
                );
                return false;
            }

            found.Add(text.ToLowerInvariant());
        }

        keys = found.ToFrozenSet(StringComparer.Ordinal);
        error = null;
        return true;
    }
}

using System.Buffers;
using System.Security.Cryptography;

namespace Culvert.Identity.Service.Hosting;

/// <summary>Makes and checks ids of the shape <c>prefix_01</c> + 22 base-62 characters (about 131 random bits).</summary>
internal static class Identifier
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly SearchValues<char> Characters = SearchValues.Create(Base62);
    private const string Version = "_01";
    private const int RandomCharacters = 22;

    public static TId New<TId>()
        where TId : struct, IIdentifier<TId> => TId.Wrap(New(TId.Prefix));

    public static string New(string prefix)
    {
        Span<char> random = stackalloc char[RandomCharacters];
        Span<byte> bytes = stackalloc byte[RandomCharacters * 2];
        var filled = 0;
        while (filled < RandomCharacters)
        {
            RandomNumberGenerator.Fill(bytes);
            foreach (var b in bytes)
            {
                // 248 = 4 × 62: what lies above would make the first characters likelier.
                if (b < 248 && filled < RandomCharacters)
                {
                    random[filled++] = Base62[b % 62];
                }
            }
        }

        return string.Concat(prefix, Version, random);
    }

    public static bool TryParse<TId>(string? text, out TId id)
        where TId : struct, IIdentifier<TId>
    {
        var valid = IsWellFormed(TId.Prefix, text);
        id = valid ? TId.Wrap(text!) : default;
        return valid;
    }

    public static bool IsWellFormed(string prefix, string? text) =>
        text is not null
        && text.Length == prefix.Length + Version.Length + RandomCharacters
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && text.AsSpan(prefix.Length).StartsWith(Version, StringComparison.Ordinal)
        && !text.AsSpan(prefix.Length + Version.Length).ContainsAnyExcept(Characters);
}

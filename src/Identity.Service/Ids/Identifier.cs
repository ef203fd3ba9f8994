using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Ids;

/// <summary>Makes and checks ids of the shape <c>prefix_01</c> + 22 base-62 characters (about 131 random bits).</summary>
internal static class Identifier
{
    private const string Base62 = TaggedId.Base62;
    private const string Version = TaggedId.Version;
    private const int RandomCharacters = TaggedId.RandomCharacters;

    // 62^7 milliseconds last until the year 2081.
    private const int TimeCharacters = 7;

    public static TId New<TId>()
        where TId : struct, IIdentifier<TId> => TId.Wrap(New(TId.Prefix));

    public static string New(string prefix)
    {
        Span<char> random = stackalloc char[RandomCharacters];
        FillRandom(random);
        return string.Concat(prefix, Version, random);
    }

    /// <summary>
    /// As <see cref="New(string)"/>, but ids grow with time: milliseconds in the first characters, then 89 random bits.
    /// For what is written at every request and looked up by its id: an index then grows at its end alone.
    /// </summary>
    public static string NewOrdered(string prefix, DateTimeOffset now)
    {
        Span<char> characters = stackalloc char[RandomCharacters];
        FillRandom(characters[TimeCharacters..]);
        var left = now.ToUnixTimeMilliseconds();
        for (var i = TimeCharacters - 1; i >= 0; i--)
        {
            // Digits, upper case, lower case: the order of ASCII, so that texts sort as the numbers do.
            characters[i] = Base62[(int)(left % 62)];
            left /= 62;
        }

        return string.Concat(prefix, Version, characters);
    }

    private static void FillRandom(Span<char> random)
    {
        Span<byte> bytes = stackalloc byte[RandomCharacters + 8];
        var filled = 0;
        while (filled < random.Length)
        {
            RandomBytes.Fill(bytes);
            foreach (var b in bytes)
            {
                // 248 = 4 × 62: what lies above would make the first characters likelier.
                if (b < 248 && filled < random.Length)
                {
                    random[filled++] = Base62[b % 62];
                }
            }
        }
    }

    public static bool TryParse<TId>(string? text, out TId id)
        where TId : struct, IIdentifier<TId>
    {
        var valid = IsWellFormed(TId.Prefix, text);
        id = valid ? TId.Wrap(text!) : default;
        return valid;
    }

    public static bool IsWellFormed(string prefix, string? text) => TaggedId.IsWellFormed(prefix, text);
}

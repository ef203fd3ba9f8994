using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Ids;

/// <summary>
/// Creates and validates ids of the form <c>prefix_01</c> + 22 base-62 characters (about 131 random bits).
/// </summary>
internal static class Identifier
{
    private const string Base62 = TaggedId.Base62;
    private const string Version = TaggedId.Version;
    private const int RandomCharacters = TaggedId.RandomCharacters;

    // 62^7 milliseconds last until the year 2081.
    private const int TimeCharacters = 7;

    extension<TId>(TId)
        where TId : struct, IIdentifier<TId>
    {
        public static TId New() => new() { Value = New(TId.Prefix) };

        /// <summary>As <see cref="NewOrdered"/>.</summary>
        public static TId New(DateTimeOffset now) => new() { Value = NewOrdered(TId.Prefix, now) };

        /// <summary>Only for stores: a value that is known to be well-formed.</summary>
        public static TId Wrap(string value) => new() { Value = value };

        public static bool TryParse(string? text, out TId id)
        {
            var valid = IsWellFormed(TId.Prefix, text);
            id = valid ? new TId { Value = text! } : default;
            return valid;
        }
    }

    public static string New(string prefix)
    {
        Span<char> random = stackalloc char[RandomCharacters];
        FillRandom(random);
        return string.Concat(prefix, Version, random);
    }

    /// <summary>
    /// Like <see cref="New(string)"/>, but ids grow with time: milliseconds in the first characters, then 89 random bits.
    /// For rows that every request writes and that are looked up by id, so that the index grows only at its end.
    /// </summary>
    public static string NewOrdered(string prefix, DateTimeOffset now)
    {
        Span<char> characters = stackalloc char[RandomCharacters];
        FillRandom(characters[TimeCharacters..]);
        var left = now.ToUnixTimeMilliseconds();
        for (var i = TimeCharacters - 1; i >= 0; i--)
        {
            // Digits, upper case, lower case: ASCII order, so that the texts sort like the numbers.
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
                // 248 = 4 × 62: higher values would make the first characters more likely.
                if (b < 248 && filled < random.Length)
                {
                    random[filled++] = Base62[b % 62];
                }
            }
        }
    }

    public static bool IsWellFormed(string prefix, string? text) => TaggedId.IsWellFormed(prefix, text);
}

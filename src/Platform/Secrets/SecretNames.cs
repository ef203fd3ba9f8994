namespace Culvert.Platform.Secrets;

/// <summary>Names of settings, headers and parameters whose values are secrets, in any spelling.</summary>
internal static class SecretNames
{
    private const int MaxFolded = 64;

    // Endings of names in lower-case letters and digits: client_secret, clientSecret and Client-Secrets are the same.
    private static readonly string[] Endings =
    [
        "token",
        "secret",
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "authorization",
        "cookie",
        "assertion",
        "credential",
        "apikey",
        "accesskey",
        "accountkey",
        "adminkey",
        "encryptionkey",
        "hmackey",
        "masterkey",
        "privatekey",
        "sealingkey",
        "secretkey",
        "sharedkey",
    ];

    // Too short to match as the ending of a longer word.
    private static readonly string[] Words = ["pin", "pass"];

    // In the query of a URL.
    private static readonly string[] Parameters = ["code", "key", "sig", "signature"];

    // With an equals sign in a line of text.
    private static readonly string[] Assigned = ["code", "signature"];

    // Headers whose value has several words.
    private static readonly string[] Headers = ["authorization", "cookie"];

    public static bool IsSecret(ReadOnlySpan<char> name) => EndsWithOneOf(name, Endings) || IsLastWord(name, Words);

    /// <summary>Whether the name is that of a sealed value, which only the service can open.</summary>
    public static bool IsSealed(ReadOnlySpan<char> name) => name.Contains("sealed", StringComparison.OrdinalIgnoreCase);

    public static bool IsParameter(ReadOnlySpan<char> name) => IsLastWord(name, Parameters);

    public static bool IsAssigned(ReadOnlySpan<char> name) => IsLastWord(name, Assigned);

    public static bool IsHeader(ReadOnlySpan<char> name) => EndsWithOneOf(name, Headers);

    private static bool EndsWithOneOf(ReadOnlySpan<char> name, string[] endings)
    {
        Span<char> buffer = stackalloc char[MaxFolded];
        var folded = Fold(name, buffer);
        var single = folded.EndsWith("s", StringComparison.Ordinal) ? folded[..^1] : folded;
        foreach (var ending in endings)
        {
            if (single.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLastWord(ReadOnlySpan<char> name, string[] words)
    {
        var begin = name.LastIndexOfAny('_', '-', '.') + 1;
        foreach (var word in words)
        {
            if (name[begin..].Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // Keeps the end of a long name, because the ending decides.
    private static ReadOnlySpan<char> Fold(ReadOnlySpan<char> name, Span<char> buffer)
    {
        var first = buffer.Length;
        for (var at = name.Length - 1; at >= 0 && first > 0; at--)
        {
            if (char.IsAsciiLetterOrDigit(name[at]))
            {
                buffer[--first] = char.ToLowerInvariant(name[at]);
            }
        }

        return buffer[first..];
    }
}

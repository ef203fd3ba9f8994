using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Federation.Assertions;

internal static class UntrustedText
{
    private const int MaxLength = 256;

    /// <summary>Shortens the text and replaces control characters, which could forge lines in printed records.</summary>
    public static string Bounded(string text) => text.Length <= MaxLength && IsPrintable(text) ? text : Replace(text);

    private static bool IsPrintable(string text)
    {
        foreach (var c in text)
        {
            if (ConfigText.IsUnprintable(c))
            {
                return false;
            }
        }

        return true;
    }

    private static string Replace(string text) =>
        string.Create(
            GetLength(text),
            text,
            static (target, source) =>
            {
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] = ConfigText.IsUnprintable(source[i]) ? '\uFFFD' : source[i];
                }
            }
        );

    // Half a surrogate pair is not text: UTF-8 cannot represent it, and no database stores it.
    private static int GetLength(string text) =>
        text.Length <= MaxLength ? text.Length
        : char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1
        : MaxLength;
}

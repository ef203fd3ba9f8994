using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Tunnel.Agent.Policy.Answers.Masks;

/// <summary>Masks whole values. A value that does not have the shape of its form is replaced as a whole.</summary>
internal static class MaskForms
{
    /// <summary>What a value of another shape becomes.</summary>
    public const string Hidden = "***";

    private const int ShownCharacters = 4;
    private const int HashBytes = 16;

    /// <summary>The names in the configuration, in the order of <see cref="MaskForm"/>.</summary>
    public static readonly string[] Names = ["email", "phone", "iban", "card", "last4", "hash", "text"];

    /// <summary>Null for an unknown name.</summary>
    public static MaskForm? Find(string name) => Array.IndexOf(Names, name) is >= 0 and var at ? (MaskForm)at : null;

    /// <param name="key">The secret key of <see cref="MaskForm.Hash"/>; not used by other forms.</param>
    public static string Mask(MaskForm form, string value, ReadOnlySpan<byte> key) =>
        form switch
        {
            MaskForm.Email => EmailText.IsWhole(value) ? EmailText.Mask(value) : Hidden,
            MaskForm.Phone => PhoneText.IsWhole(value) ? PhoneText.Mask(value) : Hidden,
            MaskForm.Iban => IbanText.FindEnd(value, 0) == value.Length ? IbanText.Mask(value) : Hidden,
            MaskForm.Card => CardText.FindEnd(value, 0) == value.Length ? CardText.Mask(value) : Hidden,
            MaskForm.Last4 => MaskAllButLast4(value),
            MaskForm.Hash => Hash(value, key),
            _ => Hidden,
        };

    // A short value would be shown by half or more.
    private static string MaskAllButLast4(string value)
    {
        var start = FindLast(value, ShownCharacters);
        return start > 0 && FindLast(value.AsSpan(0, start), ShownCharacters) >= 0
            ? $"****{value.AsSpan(start)}"
            : "****";
    }

    /// <summary>Where the last characters begin, counted in code points; -1 if there are fewer.</summary>
    private static int FindLast(ReadOnlySpan<char> text, int characters)
    {
        var start = text.Length;
        for (; characters > 0 && start > 0; characters--)
        {
            Rune.DecodeLastFromUtf16(text[..start], out _, out var length);
            start -= length;
        }

        return characters > 0 ? -1 : start;
    }

    private static string Hash(string value, ReadOnlySpan<byte> key)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(value), digest);
        return $"h:{Base64Url.EncodeToString(digest[..HashBytes])}";
    }
}

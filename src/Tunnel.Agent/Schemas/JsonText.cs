using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Schemas;

internal static class JsonText
{
    /// <summary>Longer text matches no pattern, so that a call cannot cause much work.</summary>
    internal const int MaxBytes = 64 * 1024;

    /// <summary>False for another type, text that is too long, or half a surrogate pair.</summary>
    public static bool TryGet(JsonElement value, [NotNullWhen(true)] out string? text) =>
        TryRead(value, MaxBytes, out text);

    /// <summary>The text in UTF-8, without JSON's escapes. False as for <see cref="TryGet"/>.</summary>
    public static bool TryGetUtf8(JsonElement value, out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        var written = JsonMarshal.GetRawUtf8Value(value);
        if (written.Length <= MaxBytes && !written.Contains((byte)'\\'))
        {
            utf8 = written[1..^1];
            return true;
        }

        var isRead = TryGet(value, out var text);
        utf8 = Encoding.UTF8.GetBytes(text ?? "");
        return isRead;
    }

    /// <summary>The length in code points. False as for <see cref="TryGet"/>, but at any length.</summary>
    public static bool TryCount(JsonElement value, out int characters)
    {
        characters = 0;
        if (!TryRead(value, int.MaxValue, out var text))
        {
            return false;
        }

        foreach (var _ in text.EnumerateRunes())
        {
            characters++;
        }

        return true;
    }

    private static bool TryRead(JsonElement value, int maxBytes, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (value.ValueKind != JsonValueKind.String || JsonMarshal.GetRawUtf8Value(value).Length > maxBytes)
        {
            return false;
        }

        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}

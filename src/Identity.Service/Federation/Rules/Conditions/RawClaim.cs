using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Rules.Conditions;

internal static class RawClaim
{
    public static bool IsString(ReadOnlySpan<byte> raw) => raw[0] == (byte)'"';

    public static bool IsArray(ReadOnlySpan<byte> raw) => raw[0] == (byte)'[';

    /// <summary>A string's UTF-8 text; copied only if it contains escapes.</summary>
    public static ReadOnlySpan<byte> Utf8(ReadOnlySpan<byte> raw)
    {
        var inner = raw[1..^1];
        if (!inner.Contains((byte)'\\'))
        {
            return inner;
        }

        var reader = new Utf8JsonReader(raw);
        reader.Read();
        var text = new byte[inner.Length];
        return text.AsSpan(0, reader.CopyString(text));
    }
}

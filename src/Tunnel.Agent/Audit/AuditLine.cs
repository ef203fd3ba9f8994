using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// A line of the file: an object with <c>seq</c>, <c>prev</c> (the hash of the line before) and, at its very end,
/// <c>hash</c>: SHA-256 of all that stands before it. So no line can be changed, taken out or moved without the next one
/// telling.
/// </summary>
internal static class AuditLine
{
    public const int HashCharacters = 2 * SHA256.HashSizeInBytes;

    private const int MaxDigits = 20; // of a long

    /// <summary>What the first line of all names as the one before.</summary>
    public static readonly string Start = new('0', HashCharacters);

    private static ReadOnlySpan<byte> HashMember => ",\"hash\":\""u8;

    /// <summary>Ends an object that was written without its brace, and returns its hash.</summary>
    public static string Seal(ArrayBufferWriter<byte> output, int start)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(output.WrittenSpan[start..], digest);
        var hash = Convert.ToHexStringLower(digest);
        output.Write(HashMember);
        WriteAscii(output, hash);
        output.Write("\"}\n"u8);
        return hash;
    }

    /// <summary>Begins a line.</summary>
    public static void Begin(ArrayBufferWriter<byte> output, long sequence, string previous)
    {
        output.Write("{\"seq\":"u8);
        sequence.TryFormat(output.GetSpan(MaxDigits), out var digits, provider: CultureInfo.InvariantCulture);
        output.Advance(digits);
        output.Write(",\"prev\":\""u8);
        WriteAscii(output, previous);
        output.Write("\""u8);
    }

    private static void WriteAscii(ArrayBufferWriter<byte> output, string text) =>
        output.Advance(Encoding.ASCII.GetBytes(text, output.GetSpan(text.Length)));

    /// <summary>False: this is no line of ours.</summary>
    /// <param name="line">Without its line break.</param>
    /// <param name="sequence">As it says.</param>
    /// <param name="previous">As it says.</param>
    /// <param name="hash">As it says.</param>
    /// <param name="isIntact">Whether the hash is that of what stands before it.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> line,
        out long sequence,
        out string previous,
        out string hash,
        out bool isIntact
    )
    {
        (sequence, previous, hash, isIntact) = (0, "", "", false);
        var at = line.Length - HashCharacters - 2 - HashMember.Length;
        if (at <= 0 || !line[at..].StartsWith(HashMember) || !line.EndsWith("\"}"u8))
        {
            return false;
        }

        hash = Encoding.ASCII.GetString(line.Slice(at + HashMember.Length, HashCharacters));
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                if (reader.ValueTextEquals("seq"u8))
                {
                    reader.Read();
                    sequence = reader.GetInt64();
                }
                else if (reader.ValueTextEquals("prev"u8))
                {
                    reader.Read();
                    previous = reader.GetString() ?? "";
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }

        isIntact = Convert.ToHexStringLower(SHA256.HashData(line[..at])) == hash;
        return sequence > 0;
    }
}

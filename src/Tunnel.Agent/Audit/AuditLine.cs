using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// A line of the file: an object with <c>seq</c>, <c>prev</c> (the hash of the line before) and, at its very end,
/// <c>hash</c>: SHA-256 of all that precedes it. So no line can be changed, taken out or moved without the next one
/// telling.
/// </summary>
internal static class AuditLine
{
    public const int HashCharacters = 2 * SHA256.HashSizeInBytes;

    private const int FixedBytes = 256; // more than all but the members: two hashes, a number and the names

    /// <summary>What the first line of all names as the one before.</summary>
    public static readonly string Start = new('0', HashCharacters);

    private static ReadOnlySpan<byte> HashMember => ",\"hash\":\""u8;

    /// <summary>Writes a whole line.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="digest">SHA-256, kept: making it ready takes longer than hashing a line.</param>
    /// <param name="sequence">Of the line.</param>
    /// <param name="members">Each behind a comma.</param>
    /// <param name="hash">That of the line before, then that of this one, in hexadecimal.</param>
    public static void Write(
        ArrayBufferWriter<byte> output,
        IncrementalHash digest,
        long sequence,
        ReadOnlySpan<byte> members,
        Span<byte> hash
    )
    {
        var room = output.GetSpan(FixedBytes + members.Length);
        var length = 0;
        Add(room, ref length, "{\"seq\":"u8);
        sequence.TryFormat(room[length..], out var digits, default, CultureInfo.InvariantCulture);
        length += digits;
        Add(room, ref length, ",\"prev\":\""u8);
        Add(room, ref length, hash);
        Add(room, ref length, "\""u8);
        Add(room, ref length, members);

        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        digest.AppendData(room[..length]);
        digest.GetHashAndReset(bytes);
        Convert.TryToHexStringLower(bytes, hash, out _);
        Add(room, ref length, HashMember);
        Add(room, ref length, hash);
        Add(room, ref length, "\"}\n"u8);
        output.Advance(length);
    }

    private static void Add(Span<byte> room, ref int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(room[length..]);
        length += part.Length;
    }

    /// <summary>False: this is not a line of the audit file.</summary>
    /// <param name="line">Without its line break.</param>
    /// <param name="sequence">As it says.</param>
    /// <param name="previous">As it says.</param>
    /// <param name="hash">As it says.</param>
    /// <param name="isIntact">Whether the hash is that of what precedes it.</param>
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

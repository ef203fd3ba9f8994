using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Culvert.Machine.Client.Checkpoints;

/// <summary>
/// A line of an agent's call record: <c>seq</c>, <c>prev</c> (the hash of the line before) and, at its very end,
/// <c>hash</c>: SHA-256 of everything before it.
/// </summary>
public sealed record CallRecordLine(long Sequence, string Previous, string Hash, bool IsIntact)
{
    public const int HashCharacters = 2 * SHA256.HashSizeInBytes;

    /// <summary>The previous hash in the first line.</summary>
    public static readonly string Start = new('0', HashCharacters);

    /// <summary>The bytes before the hash value.</summary>
    public static ReadOnlySpan<byte> HashMember => ",\"hash\":\""u8;

    /// <summary>Parses a line without its line break; null when it is not a line of the record.</summary>
    public static CallRecordLine? Read(ReadOnlySpan<byte> line)
    {
        var at = line.Length - HashCharacters - 2 - HashMember.Length;
        if (at <= 0 || !line[at..].StartsWith(HashMember) || !line.EndsWith("\"}"u8))
        {
            return null;
        }

        var (sequence, previous) = (0L, "");
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
            return null;
        }

        var hash = Encoding.ASCII.GetString(line.Slice(at + HashMember.Length, HashCharacters));
        var isIntact = Convert.ToHexStringLower(SHA256.HashData(line[..at])) == hash;
        return sequence > 0 ? new CallRecordLine(sequence, previous, hash, isIntact) : null;
    }
}

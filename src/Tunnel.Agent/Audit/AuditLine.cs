using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Culvert.Machine.Client.Checkpoints;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// Writes a line of the file, as <see cref="CallRecordLine"/> reads it. No line can be changed, taken out or moved without
/// the next one telling.
/// </summary>
internal static class AuditLine
{
    private const int FixedBytes = 256; // more than all but the members: two hashes, a number and the names

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
        Add(room, ref length, CallRecordLine.HashMember);
        Add(room, ref length, hash);
        Add(room, ref length, "\"}\n"u8);
        output.Advance(length);
    }

    private static void Add(Span<byte> room, ref int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(room[length..]);
        length += part.Length;
    }
}

using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Culvert.Machine.Client.Checkpoints;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Writes a line with the hash of the line before: a changed, removed or moved line breaks the chain.</summary>
internal static class AuditLine
{
    private const int FixedBytes = 256; // more than everything except the members: two hashes, a number and the names

    /// <param name="digest">SHA-256, reused: preparing it takes longer than hashing a line.</param>
    /// <param name="members">Members, each after a comma.</param>
    /// <param name="hash">The hash of the line before, then that of this one, in hexadecimal.</param>
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

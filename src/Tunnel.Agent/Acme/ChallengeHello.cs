using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>
/// Whether a ClientHello offers <c>acme-tls/1</c> and nothing else (RFC 8737 §4), read without taking a byte: what the
/// handshake callback is told of a hello does not include its protocols. Asked only for names with a live challenge.
/// </summary>
internal static class ChallengeHello
{
    private const int RecordHeader = 5; // type, version, length (RFC 8446 §5.1)
    private const int HandshakeHeader = 4; // type, length (§4)
    private const int MaxBytes = 18 * 1024; // one full record: what a CA sends is a tenth of it
    private const byte HandshakeRecord = 22;
    private const byte ClientHello = 1;
    private const ushort ProtocolsExtension = 16; // RFC 7301 §3.1

    /// <summary>Waits for the first record. Everything that is not such a hello is left to the usual handshake.</summary>
    public static async Task<bool> IsNextAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var needed = Needed(buffer);
            if (buffer.Length >= needed || result.IsCompleted || buffer.Length > MaxBytes)
            {
                var isChallenge = buffer.Length >= needed && IsChallenge(buffer.Slice(0, needed).ToArray());
                input.AdvanceTo(buffer.Start);
                return isChallenge;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static long Needed(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < RecordHeader)
        {
            return RecordHeader;
        }

        Span<byte> header = stackalloc byte[RecordHeader];
        buffer.Slice(0, RecordHeader).CopyTo(header);
        return header[0] == HandshakeRecord
            ? RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(header[3..])
            : RecordHeader;
    }

    /// <summary>Of one whole record.</summary>
    internal static bool IsChallenge(ReadOnlySpan<byte> record)
    {
        if (record.Length < RecordHeader + HandshakeHeader || record[0] != HandshakeRecord)
        {
            return false;
        }

        var message = record[RecordHeader..];
        var length = (message[1] << 16) | (message[2] << 8) | message[3];
        if (message[0] != ClientHello || length > message.Length - HandshakeHeader)
        {
            return false; // spread over records: no CA does that
        }

        var rest = message.Slice(HandshakeHeader, length);
        return Skip(ref rest, 2 + 32) // legacy_version, random
            && TakeVector(ref rest, 1, out _) // legacy_session_id
            && TakeVector(ref rest, 2, out _) // cipher_suites
            && TakeVector(ref rest, 1, out _) // legacy_compression_methods
            && TakeVector(ref rest, 2, out var extensions)
            && OffersChallengeAlone(extensions);
    }

    private static bool OffersChallengeAlone(ReadOnlySpan<byte> extensions)
    {
        while (extensions.Length >= 4)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            if (!TakeVector(ref extensions, 2, out var data))
            {
                return false;
            }

            if (type == ProtocolsExtension)
            {
                return TakeVector(ref data, 2, out var list)
                    && TakeVector(ref list, 1, out var only)
                    && list.IsEmpty
                    && only.SequenceEqual("acme-tls/1"u8);
            }
        }

        return false;
    }

    private static bool Skip(ref ReadOnlySpan<byte> rest, int count)
    {
        if (rest.Length < count)
        {
            return false;
        }

        rest = rest[count..];
        return true;
    }

    // A vector with its length before it, in one byte or two.
    private static bool TakeVector(ref ReadOnlySpan<byte> rest, int lengthBytes, out ReadOnlySpan<byte> vector)
    {
        vector = default;
        if (rest.Length < lengthBytes)
        {
            return false;
        }

        var length = lengthBytes == 1 ? rest[0] : BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (rest.Length - lengthBytes < length)
        {
            return false;
        }

        vector = rest.Slice(lengthBytes, length);
        rest = rest[(lengthBytes + length)..];
        return true;
    }
}

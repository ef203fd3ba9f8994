using System.Buffers.Binary;

namespace Culvert.Platform.Tls;

/// <summary>
/// Parses a ClientHello and finds its server name without terminating TLS, however the message is split into TLS
/// records and into calls of <see cref="Feed"/>.
/// </summary>
/// <remarks>
/// <code>
/// TLSPlaintext (RFC 8446 §5.1)                       Handshake (§4)
/// +------+---------+----------+===========+          +---------+------------+==============+
/// | 0x16 | 03 xx   | length   | fragment  |  …  =>   | type 01 | length u24 | ClientHello  |
/// +------+---------+----------+===========+          +---------+------------+==============+
/// </code>
/// </remarks>
/// <param name="scratch">Receives the message without record headers. Its length is the limit of the message.</param>
public sealed class ClientHelloParser(Memory<byte> scratch)
{
    private const byte HandshakeRecord = 22;
    private const byte MajorVersion = 3;
    private const int RecordHeaderBytes = 5;
    private const int HandshakeHeaderBytes = 4;
    private const int MaxRecordBytes = 16_384; // RFC 8446 §5.1
    private const byte ClientHelloMessage = 1;

    private readonly byte[] header = new byte[RecordHeaderBytes];
    private int headerLength;
    private int recordLeft;
    private int length;

    /// <summary>The message; null until <see cref="Feed"/> has returned <see cref="HelloVerdict.Complete"/>.</summary>
    public ClientHello? Hello { get; private set; }

    /// <summary>
    /// Parses the next bytes of the connection. Must not be called again after any verdict other than <see
    /// cref="HelloVerdict.Incomplete"/>.
    /// </summary>
    public HelloVerdict Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (recordLeft == 0)
            {
                header[headerLength++] = bytes[0];
                bytes = bytes[1..];
                if (CheckHeader() is not HelloVerdict.Incomplete and var refused)
                {
                    return refused;
                }

                continue;
            }

            var taken = Math.Min(recordLeft, bytes.Length);
            if (taken > scratch.Length - length)
            {
                return HelloVerdict.TooLarge;
            }

            bytes[..taken].CopyTo(scratch.Span[length..]);
            length += taken;
            recordLeft -= taken;
            bytes = bytes[taken..];
            if (CheckMessage() is not HelloVerdict.Incomplete and var verdict)
            {
                return verdict;
            }
        }

        return HelloVerdict.Incomplete;
    }

    /// <summary>Refuses at the first byte that rules out TLS, before the header is complete.</summary>
    private HelloVerdict CheckHeader()
    {
        switch (headerLength)
        {
            case 1:
                return header[0] == HandshakeRecord ? HelloVerdict.Incomplete : HelloVerdict.NotTls;
            case 2:
                return header[1] == MajorVersion ? HelloVerdict.Incomplete : HelloVerdict.NotTls;
            case RecordHeaderBytes:
                headerLength = 0;
                recordLeft = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3));

                // RFC 8446 §5.1 forbids empty handshake fragments and fragments of more than 2^14 bytes.
                return recordLeft is 0 or > MaxRecordBytes ? HelloVerdict.Malformed : HelloVerdict.Incomplete;
            default:
                return HelloVerdict.Incomplete;
        }
    }

    private HelloVerdict CheckMessage()
    {
        var message = scratch.Span[..length];
        if (message[0] != ClientHelloMessage)
        {
            return HelloVerdict.Malformed;
        }

        if (message.Length < HandshakeHeaderBytes)
        {
            return HelloVerdict.Incomplete;
        }

        var bodyLength = (message[1] << 16) | (message[2] << 8) | message[3];
        if (bodyLength > scratch.Length - HandshakeHeaderBytes)
        {
            return HelloVerdict.TooLarge; // the parser does not wait for a record that it would refuse
        }

        if (message.Length - HandshakeHeaderBytes < bodyLength)
        {
            return HelloVerdict.Incomplete;
        }

        var verdict = ClientHelloReader.Read(message.Slice(HandshakeHeaderBytes, bodyLength), out var hello);
        Hello = hello;
        return verdict;
    }
}

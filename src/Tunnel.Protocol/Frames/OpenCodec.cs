using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Frames;

internal static class OpenCodec
{
    public const int MaxServerNameBytes = 253; // RFC 1035 §2.3.4, without the final dot
    public const int MaxIdBytes = 64;
    public const int MaxMatchedNameBytes = 512;
    public const int MaxTraceContextBytes = 256;

    private const ushort ServerNameField = 0x0001;
    private const ushort ClientField = 0x0002; // address (4 or 16 bytes) + u16 port
    private const ushort ConnectionIdField = 0x0003;
    private const ushort IdentityAuthorityField = 0x0004;
    private const ushort IdentityCertificateField = 0x0005;
    private const ushort IdentityNameField = 0x0006;
    private const ushort TraceContextField = 0x8007; // an agent that does not trace may skip it
    private const int Sha256Bytes = 32;

    /// <exception cref="MuxConnectionException">A field is missing, unknown, malformed or out of range.</exception>
    public static OpenPayload Read(ReadOnlySpan<byte> payload)
    {
        string? serverName = null;
        IPEndPoint? client = null;
        string? connectionId = null;
        string? traceContext = null;
        string? authority = null;
        byte[]? certificate = null;
        string? matchedName = null;

        var fields = new TlvReader(payload, stackalloc ushort[TlvReader.MaxFields]);
        while (fields.TryRead(out var type, out var value))
        {
            switch (type)
            {
                case ServerNameField:
                    serverName = TlvReader.Token(value, MaxServerNameBytes);
                    break;
                case ClientField:
                    client = ReadEndPoint(value);
                    break;
                case ConnectionIdField:
                    connectionId = TlvReader.Token(value, MaxIdBytes);
                    break;
                case IdentityAuthorityField:
                    authority = TlvReader.Token(value, MaxIdBytes);
                    break;
                case IdentityCertificateField when value.Length == Sha256Bytes:
                    certificate = value.ToArray();
                    break;
                case IdentityCertificateField:
                    throw TlvReader.Malformed("A certificate hash has a wrong size.");
                case IdentityNameField:
                    matchedName = TlvReader.Text(value, MaxMatchedNameBytes);
                    break;
                case TraceContextField:
                    traceContext = TlvReader.Token(value, MaxTraceContextBytes);
                    break;
                default:
                    TlvReader.Unknown(type);
                    break;
            }
        }

        if (serverName is null || client is null || connectionId is null)
        {
            throw TlvReader.Malformed("OPEN lacks a field.");
        }

        return new OpenPayload
        {
            ServerName = serverName,
            Client = client,
            ConnectionId = connectionId,
            TraceContext = traceContext,
            Identity = Identity(authority, certificate, matchedName),
        };
    }

    /// <exception cref="ArgumentException">A field is longer than the protocol allows.</exception>
    public static int GetSize(OpenPayload open)
    {
        Check(open);

        return TlvWriter.GetSize(open.ServerName.Length) // server name
            + TlvWriter.GetSize(AddressBytes(open.Client) + 2) // client address + port
            + TlvWriter.GetSize(open.ConnectionId.Length) // connection id
            + (open.TraceContext is { } trace ? TlvWriter.GetSize(trace.Length) : 0)
            + (
                open.Identity is { } identity
                    ? TlvWriter.GetSize(identity.CertificateAuthorityId.Length)
                        + TlvWriter.GetSize(Sha256Bytes)
                        + TlvWriter.GetSize(Encoding.UTF8.GetByteCount(identity.MatchedName))
                    : 0
            );
    }

    public static void Write(Span<byte> target, OpenPayload open)
    {
        var fields = new TlvWriter(target);
        fields.Text(ServerNameField, open.ServerName);
        WriteEndPoint(fields.Field(ClientField, AddressBytes(open.Client) + 2), open.Client);
        fields.Text(ConnectionIdField, open.ConnectionId);
        if (open.Identity is { } identity)
        {
            fields.Text(IdentityAuthorityField, identity.CertificateAuthorityId);
            identity.CertificateSha256.Span.CopyTo(fields.Field(IdentityCertificateField, Sha256Bytes));
            fields.Text(IdentityNameField, identity.MatchedName);
        }

        if (open.TraceContext is { } trace)
        {
            fields.Text(TraceContextField, trace);
        }
    }

    /// <summary>The three identity fields are all present or all absent.</summary>
    private static ClientIdentity? Identity(string? authority, byte[]? certificate, string? matchedName)
    {
        if (authority is null && certificate is null && matchedName is null)
        {
            return null;
        }

        return authority is not null && certificate is not null && matchedName is not null
            ? new ClientIdentity
            {
                CertificateAuthorityId = authority,
                CertificateSha256 = certificate,
                MatchedName = matchedName,
            }
            : throw TlvReader.Malformed("OPEN contains only a part of a client identity.");
    }

    private static IPEndPoint ReadEndPoint(ReadOnlySpan<byte> value) =>
        value.Length is 6 or 18
            ? new IPEndPoint(new IPAddress(value[..^2]), BinaryPrimitives.ReadUInt16BigEndian(value[^2..]))
            : throw TlvReader.Malformed("A client address has a wrong size.");

    private static void WriteEndPoint(Span<byte> value, IPEndPoint client)
    {
        client.Address.TryWriteBytes(value, out _);
        BinaryPrimitives.WriteUInt16BigEndian(value[^2..], (ushort)client.Port);
    }

    private static int AddressBytes(IPEndPoint client) => client.AddressFamily == AddressFamily.InterNetwork ? 4 : 16;

    private static void Check(OpenPayload open)
    {
        CheckToken(open.ServerName, MaxServerNameBytes);
        CheckToken(open.ConnectionId, MaxIdBytes);
        CheckToken(open.TraceContext, MaxTraceContextBytes);
        if (open.Identity is not { } identity)
        {
            return;
        }

        CheckToken(identity.CertificateAuthorityId, MaxIdBytes);
        if (
            identity.CertificateSha256.Length != Sha256Bytes
            || Encoding.UTF8.GetByteCount(identity.MatchedName) is < 1 or > MaxMatchedNameBytes
        )
        {
            throw new ArgumentException("A client identity has a field of a wrong size.", nameof(open));
        }
    }

    private static void CheckToken(string? value, int maxLength)
    {
        if (
            value is not null
            && (
                value.Length == 0 || value.Length > maxLength || value.AsSpan().ContainsAnyExceptInRange('\x21', '\x7e')
            )
        )
        {
            throw new ArgumentException($"A field of OPEN is not 1 to {maxLength} visible ASCII characters.");
        }
    }
}

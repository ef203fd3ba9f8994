using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Culvert.Platform.Tls;

/// <summary>Parses a ClientHello (RFC 8446 §4.1.2). Every length is checked against the remaining bytes.</summary>
internal static class ClientHelloReader
{
    private const ushort ServerNameExtension = 0; // RFC 6066 §3
    private const ushort AlpnExtension = 16; // RFC 7301 §3.1
    private const byte HostName = 0;
    private const int MaxNameBytes = 253;
    private const int MaxExtensions = 128; // browsers send about 20; bounds the search for duplicates

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."u8
    );

    private ref struct Cursor(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> rest = bytes;

        public bool Failed { get; private set; }

        public readonly bool IsEmpty => rest.IsEmpty;

        public ReadOnlySpan<byte> ReadBytes(int count)
        {
            if (Failed || count > rest.Length)
            {
                Failed = true;
                return default;
            }

            var taken = rest[..count];
            rest = rest[count..];
            return taken;
        }

        public int UInt8() => ReadBytes(1) is [var value] ? value : 0;

        public int UInt16() => ReadBytes(2) is { Length: 2 } value ? BinaryPrimitives.ReadUInt16BigEndian(value) : 0;
    }

    public static HelloVerdict Read(ReadOnlySpan<byte> body, out ClientHello? hello)
    {
        hello = null;
        var cursor = new Cursor(body);
        cursor.ReadBytes(2); // legacy_version
        cursor.ReadBytes(32); // random
        var session = cursor.ReadBytes(cursor.UInt8());
        var suites = cursor.ReadBytes(cursor.UInt16());
        var compression = cursor.ReadBytes(cursor.UInt8());
        if (cursor.Failed || session.Length > 32 || suites.Length < 2 || suites.Length % 2 != 0 || compression.IsEmpty)
        {
            return HelloVerdict.Malformed;
        }

        if (cursor.IsEmpty)
        {
            return HelloVerdict.NoServerName; // TLS 1.2 allows a hello without extensions (RFC 5246 §7.4.1.2)
        }

        var extensions = cursor.ReadBytes(cursor.UInt16());
        return cursor.Failed || !cursor.IsEmpty ? HelloVerdict.Malformed : ReadExtensions(extensions, out hello);
    }

    private static HelloVerdict ReadExtensions(ReadOnlySpan<byte> extensions, out ClientHello? hello)
    {
        hello = null;
        var cursor = new Cursor(extensions);
        Span<ushort> seen = stackalloc ushort[MaxExtensions];
        var count = 0;
        string? name = null;
        var (acme, alone) = (false, false);
        while (!cursor.IsEmpty)
        {
            var type = (ushort)cursor.UInt16();
            var data = cursor.ReadBytes(cursor.UInt16());
            if (cursor.Failed || count == seen.Length || seen[..count].Contains(type)) // §4.2: no duplicates
            {
                return HelloVerdict.Malformed;
            }

            seen[count++] = type;
            if (type == ServerNameExtension && !TryReadServerName(data, out name))
            {
                return HelloVerdict.Malformed;
            }

            if (type == AlpnExtension && !TryReadAlpn(data, out acme, out alone))
            {
                return HelloVerdict.Malformed;
            }
        }

        if (name is null)
        {
            return HelloVerdict.NoServerName;
        }

        hello = new ClientHello(name, acme, alone);
        return HelloVerdict.Complete;
    }

    /// <summary>RFC 6066 §3: a list of names, at most one of each type; host_name is the only defined type.</summary>
    private static bool TryReadServerName(ReadOnlySpan<byte> data, out string? name)
    {
        name = null;
        var cursor = new Cursor(data);
        var list = new Cursor(cursor.ReadBytes(cursor.UInt16()));
        if (cursor.Failed || !cursor.IsEmpty || list.IsEmpty)
        {
            return false;
        }

        while (!list.IsEmpty)
        {
            var type = list.UInt8();
            var value = list.ReadBytes(list.UInt16());
            if (list.Failed)
            {
                return false;
            }

            if (type != HostName)
            {
                continue;
            }

            if (name is not null || value.Length is 0 or > MaxNameBytes || value.ContainsAnyExcept(NameBytes))
            {
                return false;
            }

            name = Encoding.ASCII.GetString(value).ToLowerInvariant();
        }

        return true;
    }

    private static bool TryReadAlpn(ReadOnlySpan<byte> data, out bool acme, out bool alone)
    {
        (acme, alone) = (false, false);
        var count = 0;
        var cursor = new Cursor(data);
        var list = new Cursor(cursor.ReadBytes(cursor.UInt16()));
        if (cursor.Failed || !cursor.IsEmpty || list.IsEmpty)
        {
            return false;
        }

        while (!list.IsEmpty)
        {
            var protocol = list.ReadBytes(list.UInt8());
            if (list.Failed || protocol.IsEmpty)
            {
                return false;
            }

            acme |= protocol.SequenceEqual("acme-tls/1"u8);
            count++;
        }

        alone = acme && count == 1;

        return true;
    }
}

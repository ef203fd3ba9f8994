using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tokens.Binding;

/// <summary>
/// Nonces of RFC 9449 §8, without any state per nonce:
/// <code>
/// 0        4                 20
/// +--------+------------------+
/// | minute | HMAC (16 of 32)  |   HMAC-SHA-256 over node id and minute
/// +--------+------------------+
/// </code>
/// Every start of every node creates a new key, so a nonce is valid for one run of one node: a proof that this node
/// accepts can have been accepted by no other, and by none before a restart. That makes the memory of used proofs,
/// which is this node's alone, exact.
/// </summary>
internal sealed class DpopNonces(StoreSettings storeSettings, TimeProvider time)
{
    /// <summary>
    /// The minutes whose nonces are accepted, including the current one. A proof is usable for two at most.
    /// </summary>
    public const int AcceptedMinutes = 5;

    private const int MinuteBytes = sizeof(uint);
    private const int MacBytes = 16;
    private const int NonceBytes = MinuteBytes + MacBytes;
    private const int NonceCharacters = 27;

    private readonly byte[] key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
    private volatile Issued? newest;

    /// <summary>The value for <c>DPoP-Nonce</c>; the same for a minute.</summary>
    public string Current
    {
        get
        {
            var minute = MinuteNow();
            if (newest is { } known && known.Minute == minute)
            {
                return known.Text;
            }

            var issued = new Issued(minute, Base64Url.EncodeToString(Make(minute)));
            newest = issued;
            return issued.Text;
        }
    }

    public bool Accepts(string? nonce)
    {
        Span<byte> bytes = stackalloc byte[NonceBytes];
        if (
            nonce is not { Length: NonceCharacters }
            || Base64Url.DecodeFromChars(nonce, bytes, out _, out var written) != OperationStatus.Done
            || written != NonceBytes
        )
        {
            return false;
        }

        var minute = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var age = MinuteNow() - (long)minute;
        return age is >= 0 and < AcceptedMinutes && CryptographicOperations.FixedTimeEquals(bytes, Make(minute));
    }

    private byte[] Make(uint minute)
    {
        Span<byte> input = stackalloc byte[sizeof(int) + MinuteBytes];
        BinaryPrimitives.WriteInt32BigEndian(input, storeSettings.NodeId);
        BinaryPrimitives.WriteUInt32BigEndian(input[sizeof(int)..], minute);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, input, mac);
        var nonce = new byte[NonceBytes];
        BinaryPrimitives.WriteUInt32BigEndian(nonce, minute);
        mac[..MacBytes].CopyTo(nonce.AsSpan(MinuteBytes));
        return nonce;
    }

    private uint MinuteNow() => (uint)(time.GetUtcNow().ToUnixTimeSeconds() / 60);

    private sealed record Issued(uint Minute, string Text);
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Culvert.Platform.Transparency;

/// <summary>A witness's statement that the log has only grown up to a tree head (c2sp.org/tlog-cosignature).</summary>
/// <param name="Line">The signature line of the note.</param>
/// <param name="At">The signing time that the witness states.</param>
public sealed record Cosignature(NoteSignature Line, DateTimeOffset At)
{
    /// <summary>The permitted clock difference between witness and verifier.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private const int TimestampBytes = sizeof(ulong);

    internal ReadOnlySpan<byte> Signature => Line.Value.AsSpan(TimestampBytes);

    // A timestamped_signature: seconds since 1970 as 64 bits, then the signature.
    internal static Cosignature? Read(NoteSignature line)
    {
        if (line.Value.Length != TimestampBytes + Ed25519.SignatureSize)
        {
            return null;
        }

        var seconds = BinaryPrimitives.ReadUInt64BigEndian(line.Value);
        return seconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? new Cosignature(line, DateTimeOffset.FromUnixTimeSeconds((long)seconds))
            : null;
    }

    // The signed message: two lines, then the text of the note.
    internal byte[] ToMessage(string text) =>
        Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {At.ToUnixTimeSeconds()}\n{text}")
        );
}

using System.Security.Cryptography;
using System.Text;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Machine.Client.State;

/// <summary>
/// Seals files of the state directory (S10) with AES-256-GCM under a key in the same directory. A copy of the file
/// alone reveals nothing; a file that was edited, damaged or taken from another machine does not open. It does not
/// protect from an attacker who has the whole directory.
/// </summary>
public sealed class StateSeal(StateDirectory state)
{
    private const string KeyFile = "state.key";
    private const int KeyBytes = 32;

    // NIST SP 800-38D §5.2.1.1, §8.2.2; a random nonce is safe for 2^32 writes, which is one per minute for millennia.
    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;

    // Several seals may start at the same time, and all must find the same key.
    private static readonly Lock Making = new();

    private byte[]? key;

    /// <summary>Returns the sealed text, as one line. It opens only for the same purpose.</summary>
    /// <exception cref="StateDirectoryException">The key cannot be written.</exception>
    public string Seal(string purpose, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var box = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(LoadOrCreateKey(), TagBytes);
        cipher.Encrypt(
            box.AsSpan(0, NonceBytes),
            plain,
            box.AsSpan(NonceBytes + TagBytes),
            box.AsSpan(NonceBytes, TagBytes),
            Encoding.UTF8.GetBytes(purpose)
        );
        return Convert.ToBase64String(box);
    }

    /// <summary>Returns the plain text.</summary>
    /// <exception cref="CryptographicException">It was not sealed here or for this purpose, or has changed.</exception>
    public string Open(string purpose, string box)
    {
        var bytes = new byte[box.Length];
        if (
            LoadKey() is not { } opened
            || !Convert.TryFromBase64String(box, bytes, out var length)
            || length < NonceBytes + TagBytes
        )
        {
            throw new CryptographicException("It is not sealed.");
        }

        var plain = new byte[length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(opened, TagBytes);
        cipher.Decrypt(
            bytes.AsSpan(0, NonceBytes),
            bytes.AsSpan(NonceBytes + TagBytes, plain.Length),
            bytes.AsSpan(NonceBytes, TagBytes),
            plain,
            Encoding.UTF8.GetBytes(purpose)
        );
        return Encoding.UTF8.GetString(plain);
    }

    private byte[] LoadOrCreateKey()
    {
        lock (Making)
        {
            if (LoadKey() is { } known)
            {
                return known;
            }

            var made = RandomNumberGenerator.GetBytes(KeyBytes);
            state.WriteText(KeyFile, Convert.ToBase64String(made));
            return key = made;
        }
    }

    // A key that cannot be read counts as absent: what it sealed can be requested again.
    private byte[]? LoadKey()
    {
        if (key is not null)
        {
            return key;
        }

        try
        {
            var read = new byte[KeyBytes];
            var isKey =
                state.ReadText(KeyFile) is { } text
                && Convert.TryFromBase64String(text.Trim(), read, out var length)
                && length == KeyBytes;
            return isKey ? key = read : null;
        }
        catch (SecretUnavailableException)
        {
            return null;
        }
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using Culvert.Machine.Client.State;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// The key of <see cref="SessionBinding"/>, which the service gives to all agents of the tunnel. Without one from the
/// service each agent has its own key, stored in the state directory; another agent then refuses its sessions.
/// </summary>
/// <param name="state">Where the agent's own key is stored; null: it is not stored.</param>
internal sealed class SessionKey(StateDirectory? state = null)
{
    internal const string FileName = "session.key";

    private const int Bytes = 32;

    private volatile byte[] current = RandomNumberGenerator.GetBytes(Bytes);
    private byte[]? own;

    public ReadOnlySpan<byte> Current => current;

    /// <summary>Sets the key in force. Calls must not overlap.</summary>
    /// <param name="fromService">base64url of 32 bytes; anything else counts as none.</param>
    public void Use(string? fromService) => current = Decode(fromService) ?? (own ??= LoadOrCreate());

    public override string ToString() => nameof(SessionKey);

    private byte[] LoadOrCreate()
    {
        if (state is null)
        {
            return current;
        }

        var seal = new StateSeal(state);
        try
        {
            if (state.ReadText(FileName) is { } text && Decode(seal.Open(FileName, text)) is { } kept)
            {
                return kept;
            }
        }
        catch (Exception e) when (e is SecretUnavailableException or CryptographicException)
        {
            // An unreadable key is replaced: sessions under it are refused, and their clients start new ones.
        }

        var made = RandomNumberGenerator.GetBytes(Bytes);
        try
        {
            state.WriteText(FileName, seal.Seal(FileName, Base64Url.EncodeToString(made)));
        }
        catch (StateDirectoryException)
        {
            // If the disk is full, only the sessions are lost, at the next restart.
        }

        return made;
    }

    private static byte[]? Decode(string? text)
    {
        var key = new byte[Bytes];
        return
            text is { Length: > 0 and <= 64 }
            && Base64Url.IsValid(text, out var length)
            && length == Bytes
            && Base64Url.TryDecodeFromChars(text, key, out _)
            ? key
            : null;
    }
}

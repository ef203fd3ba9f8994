using System.Security.Cryptography;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <summary>Signs notes with the log's key.</summary>
internal sealed class NoteSigner(ECDsa privateKey, NoteKey key) : IDisposable
{
    // Guards the private key, whose implementation is not guaranteed to be thread-safe.
    private readonly Lock gate = new();

    public NoteKey Key => key;

    /// <summary>The note with its signature.</summary>
    public string Sign(string text)
    {
        lock (gate)
        {
            return new SignedNote(text, [key.Sign(privateKey, text)]).ToString();
        }
    }

    public void Dispose() => privateKey.Dispose();
}

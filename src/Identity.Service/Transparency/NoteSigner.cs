using System.Security.Cryptography;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

internal sealed class NoteSigner(ECDsa privateKey, NoteKey key) : IDisposable
{
    // Guards the private key, whose implementation is not guaranteed to be thread-safe.
    private readonly Lock gate = new();

    public NoteKey Key => key;

    public string Sign(string text)
    {
        lock (gate)
        {
            return new SignedNote(text, [key.Sign(privateKey, text)]).ToString();
        }
    }

    public void Dispose() => privateKey.Dispose();
}

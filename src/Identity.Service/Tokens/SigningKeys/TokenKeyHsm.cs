using System.Collections.Concurrent;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Hsm;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>
/// The HSM's part of token signing. Keys of it may be in the store although new ones go elsewhere, and the other way
/// round: what is made is for <see cref="SigningKeyMaker"/> to say.
/// </summary>
internal sealed class TokenKeyHsm(InstallationHsm hsm)
{
    /// <summary>Of the labels of its keys: no other program may use them.</summary>
    public const string LabelPrefix = "culvert-token-";

    // One handle per key, however often the set is read again: sessions of an HSM are few.
    private readonly ConcurrentDictionary<string, SigningKey> opened = new(StringComparer.Ordinal);

    public SigningKey Open(string label) => opened.GetOrAdd(label, name => SigningKey.FromKey(Token.OpenEc(name)));

    /// <summary>Makes a key; its label.</summary>
    public string Make() => Token.GenerateUnder(LabelPrefix, KeyAlgorithm.EcdsaP256);

    public void Destroy(string label)
    {
        Token.Destroy(label);
        opened.TryRemove(label, out _);
    }

    private Pkcs11Token Token => hsm.Token;
}

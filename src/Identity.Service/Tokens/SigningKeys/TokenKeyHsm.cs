using System.Collections.Concurrent;
using System.Security.Cryptography;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Hosting;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>
/// The HSM's part of token signing. Keys of it may be in the store although new ones go elsewhere, and the other way
/// round: what is made is for <see cref="SigningKeyMaker"/> to say.
/// </summary>
internal sealed class TokenKeyHsm(InstallationHsm hsm)
{
    /// <summary>Of the labels of its keys: nobody else may use them.</summary>
    public const string LabelPrefix = "culvert-token-";

    private const int LabelBytes = 8;

    // One handle per key, however often the set is read anew: sessions of an HSM are few.
    private readonly ConcurrentDictionary<string, SigningKey> opened = new(StringComparer.Ordinal);

    public SigningKey Open(string label) => opened.GetOrAdd(label, name => SigningKey.FromKey(Token.OpenEc(name)));

    /// <summary>Makes a key and opens it; its label.</summary>
    public string Make()
    {
        var label = $"{LabelPrefix}{RandomNumberGenerator.GetHexString(LabelBytes * 2, lowercase: true)}";
        Token.Generate(label, KeyAlgorithm.EcdsaP256);
        return label;
    }

    public void Destroy(string label)
    {
        Token.Destroy(label);
        opened.TryRemove(label, out _);
    }

    private Pkcs11Token Token => hsm.Token;
}

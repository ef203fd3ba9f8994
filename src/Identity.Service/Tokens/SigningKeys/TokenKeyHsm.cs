using System.Collections.Concurrent;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Hsm;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>
/// Keys in the HSM that sign tokens. The HSM may have keys in use although new ones are created elsewhere, and the other
/// way round: <see cref="SigningKeyMaker"/> decides where keys are created.
/// </summary>
internal sealed class TokenKeyHsm(InstallationHsm hsm)
{
    /// <summary>The prefix of its keys' labels: no other program may use it.</summary>
    public const string LabelPrefix = "culvert-token-";

    // One handle per key, however often the set is read: an HSM has few sessions.
    private readonly ConcurrentDictionary<string, SigningKey> opened = new(StringComparer.Ordinal);

    public SigningKey Open(string label, JwsAlgorithm algorithm) =>
        opened.GetOrAdd(
            label,
            name =>
                algorithm == JwsAlgorithm.RS256
                    ? SigningKey.FromKey(Token.OpenRsa(name))
                    : SigningKey.FromKey(Token.OpenEc(name))
        );

    public string Make(JwsAlgorithm algorithm) =>
        Token.GenerateUnder(
            LabelPrefix,
            algorithm == JwsAlgorithm.RS256 ? KeyAlgorithm.Rsa2048 : KeyAlgorithm.EcdsaP256
        );

    public void Destroy(string label)
    {
        Token.Destroy(label);
        opened.TryRemove(label, out _);
    }

    private Pkcs11Token Token => hsm.Token;
}

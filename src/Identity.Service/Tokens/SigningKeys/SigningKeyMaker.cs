using System.Security.Cryptography;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>Creates keys in the configured custody, and destroys keys that the store has deleted.</summary>
internal sealed class SigningKeyMaker(
    TokenSigningOptions options,
    TokenKeyHsm hsm,
    ILogger<SigningKeyMaker> logger,
    SigningKeyFamily family
)
{
    public TokenSigningKey Make(DateTimeOffset now, DateTimeOffset activeFrom, long generation)
    {
        if (options.Custody == KeyCustody.Sealed)
        {
            var key = family.Algorithm == JwsAlgorithm.RS256 ? SigningKey.CreateRsa() : SigningKey.Create();
            return new TokenSigningKey(key, now, activeFrom, generation);
        }

        var label = hsm.Make(family.Algorithm);
        return new TokenSigningKey(hsm.Open(label, family.Algorithm), now, activeFrom, generation)
        {
            Custody = KeyCustody.Pkcs11,
            Label = label,
        };
    }

    /// <summary>Removes a key from the HSM. A sealed key is deleted with its row.</summary>
    public void Destroy(TokenSigningKey key)
    {
        if (key.Label is not { } label)
        {
            return;
        }

        try
        {
            hsm.Destroy(label);
        }
        catch (CryptographicException fault)
        {
            // The row is deleted and nothing is verified with the key any more: the operator can remove the leftover.
            Log.SigningKeyNotDestroyed(logger, fault, label);
        }
    }
}

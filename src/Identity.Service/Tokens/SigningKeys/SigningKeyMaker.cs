using System.Security.Cryptography;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>Makes keys where the configuration wants new ones, and removes those that the store let go.</summary>
internal sealed class SigningKeyMaker(TokenSigningOptions options, TokenKeyHsm hsm, ILogger<SigningKeyMaker> logger)
{
    public TokenSigningKey Make(DateTimeOffset now, DateTimeOffset activeFrom, long generation)
    {
        if (options.Custody == KeyCustody.Sealed)
        {
            return new TokenSigningKey(SigningKey.Create(), now, activeFrom, generation);
        }

        var label = hsm.Make();
        return new TokenSigningKey(hsm.Open(label), now, activeFrom, generation)
        {
            Custody = KeyCustody.Pkcs11,
            Label = label,
        };
    }

    /// <summary>A key in the HSM is removed from it; one that was in the store is gone with its row.</summary>
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
            // The store has let go of it, and nothing is verified with it any more: a leftover for the operator.
            Log.SigningKeyNotDestroyed(logger, fault, label);
        }
    }
}

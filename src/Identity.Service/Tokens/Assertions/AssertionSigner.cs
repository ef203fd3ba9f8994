using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Signatures;

namespace Culvert.Identity.Service.Tokens.Assertions;

/// <summary>Signs what the service states to upstreams, with the keys of <see cref="SigningKeyFamily.Assertions"/>.</summary>
internal sealed class AssertionSigner(AssertionKeys keys, ClockGuard clock, ILogger<AssertionSigner> logger)
{
    /// <summary>Why nothing may be signed at present; null: signing is allowed.</summary>
    public Refusal? FindRefusal() =>
        // A revoked key must not sign.
        keys.Ring.IsStale
            ? StorageErrors.Unavailable.Refuse()
            : clock.RefusalIfAlarmed();

    /// <summary>Creates the first key if there is none, so that upstreams find it in the key set.</summary>
    /// <exception cref="StoreException">The store did not accept the first key.</exception>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken) =>
        await keys.Ring.GetOrCreateAsync(cancellationToken);

    /// <param name="type">The header's <c>typ</c>.</param>
    /// <param name="payload">JSON in UTF-8.</param>
    /// <param name="issuedAt">Selects the key.</param>
    /// <param name="cancellationToken">Cancels the creation of the first key.</param>
    /// <exception cref="SigningUnavailableException">The HSM did not sign.</exception>
    /// <exception cref="StoreException">The store did not accept the first key.</exception>
    public async ValueTask<string> SignAsync(
        string type,
        byte[] payload,
        DateTimeOffset issuedAt,
        CancellationToken cancellationToken
    )
    {
        var present = await keys.Ring.GetOrCreateAsync(cancellationToken);
        var key = present.SignerAt(issuedAt).Key;
        try
        {
            var header = $$"""{"alg":"{{key.Algorithm.Name()}}","kid":"{{key.KeyId}}","typ":"{{type}}"}""";
            return Encoding.ASCII.GetString(CompactSigner.Sign(key, header, payload));
        }
        catch (CryptographicException e)
        {
            Log.SigningFailed(logger, e, key.KeyId);
            throw new SigningUnavailableException(e);
        }
    }
}

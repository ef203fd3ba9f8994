using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Storage;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>Init's part: the first key, which signs at once because nobody can have cached an older set.</summary>
internal sealed class FirstSigningKey(IJournal journal, ITokenSigningKeyStore store, TimeProvider time) : IInitStep
{
    public async Task RunAsync(InitContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        using var key = SigningKey.Create();
        var first = new TokenSigningKey(key, now, now);
        var result = await journal.CommitAsync(
            new Decision { Event = SigningKeyRing.Created(first, now), Statements = [store.Insert(first)] },
            cancellationToken
        );
        if (result.RefusalIfUnavailable() is { } refusal)
        {
            throw new StoreException(refusal.Message);
        }
    }
}

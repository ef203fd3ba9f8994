using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>Creates the first key during init. It signs at once, because no client can have cached an older set.</summary>
internal sealed class FirstSigningKey(
    IJournal journal,
    TokenSigningKeyStore store,
    SigningKeyMaker maker,
    TimeProvider time
) : IInitStep
{
    public async Task RunAsync(InitContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var first = maker.Make(now, now, generation: 1);
        using var key = first.Key;
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = SigningKeyEvents.Created(
                    AuditOrigin.System(now),
                    first.KeyId,
                    first.ActiveFrom,
                    first.Custody,
                    reason: null
                ),
                Statements = [store.Insert(first)],
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            throw new StoreException(refusal.Message);
        }
    }
}

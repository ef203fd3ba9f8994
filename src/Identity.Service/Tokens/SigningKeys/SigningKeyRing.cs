using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>Holds the present <see cref="SigningKeySet"/> and carries out what <see cref="SigningKeyPlan"/> says.</summary>
internal sealed class SigningKeyRing(
    ITokenSigningKeyStore store,
    IJournal journal,
    ServiceOptions options,
    TimeProvider time,
    ILogger<SigningKeyRing> logger
) : IHostedService, IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);

    private volatile SigningKeySet? current;
    private ITimer? timer;
    private int isRotating;

    public SigningKeySet Current =>
        current
        ?? throw new InvalidOperationException("The token signing keys are read at start; it has not come to that.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        await RotateAsync(cancellationToken);
        timer = time.CreateTimer(_ => _ = RotateInBackgroundAsync(), null, LookEvery, LookEvery);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (timer is not null)
        {
            await timer.DisposeAsync();
        }
    }

    public void Dispose() => timer?.Dispose();

    /// <summary>Prepares and retires what is due. Idempotent.</summary>
    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var plan = SigningKeyPlan.For(Current.Keys, options.TokenSigning, now);
        if (plan is { PrepareFrom: null, Retire.Count: 0 })
        {
            return;
        }

        if (plan.PrepareFrom is { } from)
        {
            var key = new TokenSigningKey(SigningKey.Create(), now, from);
            await CommitAsync(Created(key, now), store.Insert(key), cancellationToken);
            Log.SigningKeyPrepared(logger, key.KeyId, from);
        }

        foreach (var keyId in plan.Retire)
        {
            await CommitAsync(
                new SigningKeyAudited(AuditEvents.TokenSigningKeyRetired, keyId, null)
                {
                    At = now,
                    Actor = AuditActor.System,
                },
                store.Delete(keyId),
                cancellationToken
            );
            Log.SigningKeyRetired(logger, keyId);
        }

        await LoadAsync(cancellationToken);
    }

    internal static SigningKeyAudited Created(TokenSigningKey key, DateTimeOffset now) =>
        new(AuditEvents.TokenSigningKeyCreated, key.KeyId, key.ActiveFrom) { At = now, Actor = AuditActor.System };

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var keys = await store.AllAsync(cancellationToken);
        current =
            keys.Count > 0
                ? new SigningKeySet(keys)
                : throw new StoreException("The store has no token signing key: it was not made by init.");
    }

    private async Task RotateInBackgroundAsync()
    {
        if (Interlocked.Exchange(ref isRotating, 1) == 1)
        {
            return;
        }

        try
        {
            await RotateAsync(CancellationToken.None);
        }
        catch (Exception fault)
        {
            // The root of a timer's task: the present keys go on signing, and the next hour tries again.
            Log.SigningKeyRotationFailed(logger, fault);
        }
        finally
        {
            Interlocked.Exchange(ref isRotating, 0);
        }
    }

    private async Task CommitAsync(AuditEvent change, Statement statement, CancellationToken cancellationToken)
    {
        var result = await journal.CommitAsync(
            new Decision { Event = change, Statements = [statement] },
            cancellationToken
        );
        if (result.RefusalIfUnavailable() is { } refusal)
        {
            throw new StoreException(refusal.Message);
        }
    }
}

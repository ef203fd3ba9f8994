using System.Security.Cryptography;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <summary>The key that signs tree heads: one per installation, sealed, created by the first node that needs it.</summary>
internal sealed class TransparencyKeys(
    Database database,
    Sealer sealer,
    IJournal journal,
    TransparencyOrigin origin,
    TimeProvider time
) : IDisposable
{
    private const string Table = "transparency_keys";
    private const string Column = "sealed_key";

    // A single row: if two nodes find none, one creates it.
    private const string Id = "log";

    private readonly SemaphoreSlim loading = new(1);
    private volatile NoteSigner? current;

    public async ValueTask<NoteSigner> GetAsync(CancellationToken cancellationToken)
    {
        if (current is { } known)
        {
            return known;
        }

        await loading.WaitAsync(cancellationToken);
        try
        {
            return current ??=
                await ReadAsync(cancellationToken)
                ?? await MakeAsync(cancellationToken)
                ?? await ReadAsync(cancellationToken)
                ?? throw new StoreException("The key of the transparency log could not be stored.");
        }
        finally
        {
            loading.Release();
        }
    }

    public async ValueTask<NoteKey?> FindPublicAsync(CancellationToken cancellationToken)
    {
        var publicKey = await database.ScalarAsync<byte[]>(
            "SELECT public_key FROM transparency_keys",
            cancellationToken
        );
        return publicKey is null ? null : new NoteKey(origin.Name, publicKey);
    }

    public void Dispose()
    {
        current?.Dispose();
        loading.Dispose();
    }

    private async ValueTask<NoteSigner?> ReadAsync(CancellationToken cancellationToken)
    {
        var sealedKey = await database.ScalarAsync<byte[]>(
            "SELECT sealed_key FROM transparency_keys",
            cancellationToken
        );
        if (sealedKey is null)
        {
            return null;
        }

        var secret = sealer.Unseal(Table, Id, Column, sealedKey);
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(secret, out _);
            return new NoteSigner(key, new NoteKey(origin.Name, key.ExportSubjectPublicKeyInfo()));
        }
        catch
        {
            key.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    // Null: another node was first, or the store accepts no writes.
    private async ValueTask<NoteSigner?> MakeAsync(CancellationToken cancellationToken)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = new NoteSigner(key, new NoteKey(origin.Name, key.ExportSubjectPublicKeyInfo()));
        var secret = key.ExportPkcs8PrivateKey();
        try
        {
            var now = time.GetStoreNow();
            var result = await journal.CommitAsync(
                new Decision
                {
                    Event = new TransparencyKeyCreated(AuditOrigin.System(now), signer.Key),
                    Statements =
                    [
                        new Statement(
                            "INSERT INTO transparency_keys (id, public_key, sealed_key, created_at_ms) "
                                + "VALUES (@Id, @PublicKey, @SealedKey, @Now)",
                            new
                            {
                                Id,
                                signer.Key.PublicKey,
                                SealedKey = sealer.Seal(Table, Id, Column, secret),
                                Now = now.ToStore(),
                            }
                        ).Unique(),
                    ],
                },
                cancellationToken
            );
            if (result.IsCommitted)
            {
                return signer;
            }

            signer.Dispose();
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}

internal sealed record TransparencyKeyCreated(AuditOrigin Origin, NoteKey Key)
    : AuditEvent(AuditEvents.TransparencyKeyCreated, Origin, OrganizationId: null, [], [("key", Key.ToString())]);

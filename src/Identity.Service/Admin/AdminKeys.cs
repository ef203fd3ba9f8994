using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Webhooks;

namespace Culvert.Identity.Service.Admin;

/// <summary>
/// Creates and revokes admin keys, over the API and on the host. Each change is audited and sent to the organization's
/// webhooks in the same commit, so that other people notice an unexpected key.
/// </summary>
internal sealed class AdminKeys(AdminKeyStore store, WebhookQueue webhooks, IJournal journal, TimeProvider time)
{
    /// <summary>The limit of live keys per organization.</summary>
    public const int MostLive = 100;

    /// <param name="secret">From <see cref="AdminKey.NewSecret"/>; only its hash is stored.</param>
    /// <param name="requestId">Null on the host.</param>
    public async ValueTask<Result<AdminKey>> CreateAsync(
        RequestedAdminKey wish,
        string secret,
        AuditActor actor,
        string? requestId,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var key = new AdminKey
        {
            Id = AdminKeyId.New(),
            OrganizationId = wish.OrganizationId,
            Name = wish.Name.Trim(),
            Scopes = wish.Role.Scopes,
            Role = wish.Role.Name,
            CreatedBy = wish.CreatedBy,
            Owner = wish.Owner,
            CreatedAt = now,
            ExpiresAt = now + wish.Life,
        };
        var told = await NotifyAsync(key, "admin_key.created", actor, now, cancellationToken);
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = AdminKeyEvents.Created(new AuditOrigin(now, new AuditCause(actor, requestId)), key),
                Statements = [store.Insert(key, Credentials.Hash(secret), MostLive), .. told],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } unavailable ? unavailable : Woken(key);
    }

    /// <summary>Revokes a key with immediate effect. A revoked key stays unchanged.</summary>
    public async ValueTask<Result<AdminKey>> RevokeAsync(
        AdminKey key,
        string? reason,
        AuditActor actor,
        string? requestId,
        CancellationToken cancellationToken
    )
    {
        if (key.RevokedAt is not null)
        {
            return key;
        }

        var now = time.GetStoreNow();
        var told = await NotifyAsync(key, "admin_key.revoked", actor, now, cancellationToken);
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = AdminKeyEvents.Revoked(new AuditOrigin(now, new AuditCause(actor, requestId)), key, reason),
                Statements = [store.Revoke(key.Id, now), .. told],
            },
            cancellationToken
        );
        // Another caller revoked it first; the result is the same.
        return !result.IsStale && result.RefusalUnlessCommitted() is { } unavailable
            ? unavailable
            : Woken(key with { RevokedAt = now });
    }

    /// <summary>
    /// Records the owner of a key: a person who proved possession of the key and then signed in with the identity provider.
    /// A key stays unchanged if it names a person, or if another key created it: it then counts as that key's person.
    /// </summary>
    public async ValueTask<Refusal?> SetOwnerAsync(
        AdminKey key,
        KeyOwner owner,
        AuditActor actor,
        string? requestId,
        CancellationToken cancellationToken
    )
    {
        if (key is not { Owner: null, CreatedBy: null })
        {
            return null;
        }

        var now = time.GetStoreNow();
        var owned = key with { Owner = owner };
        var told = await NotifyAsync(owned, "admin_key.owned", actor, now, cancellationToken);
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = AdminKeyEvents.Owned(new AuditOrigin(now, new AuditCause(actor, requestId)), key, owner),
                Statements = [store.SetOwner(key.Id, owner), .. told],
            },
            cancellationToken
        );
        if (result.IsStale)
        {
            return null;
        }

        webhooks.Wake();
        return result.RefusalUnlessCommitted();
    }

    private ValueTask<IReadOnlyList<Statement>> NotifyAsync(
        AdminKey key,
        string type,
        AuditActor actor,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        webhooks.EnqueueAsync(
            key.OrganizationId,
            type,
            at,
            [
                ("admin_key_id", key.Id.Value),
                ("name", key.Name),
                ("role", key.Role),
                ("expires_at", key.ExpiresAt),
                ("owner_issuer", key.Owner?.Issuer),
                ("owner_subject", key.Owner?.Subject),
                ("actor", actor),
            ],
            cancellationToken
        );

    private AdminKey Woken(AdminKey key)
    {
        webhooks.Wake();
        return key;
    }
}

using System.Collections.Frozen;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Console.Sessions;

/// <summary>
/// Opens, finds and closes sessions. Their basis is checked again: an admin key with every request, the provider's
/// confirmation every quarter of an hour (S32).
/// </summary>
internal sealed class ConsoleSessions(
    ConsoleSessionStore store,
    AdminKeyStore adminKeys,
    AdminKeys keys,
    AdminKeyUses adminKeyUses,
    TenantStore tenants,
    InactivePeople inactive,
    IJournal journal,
    Current<SignInOptions> signIn,
    IRevisions revisions,
    TimeProvider time
)
{
    /// <summary>The maximum age of the provider's confirmation.</summary>
    public static readonly TimeSpan ProofLife = TimeSpan.FromMinutes(15);

    /// <summary>
    /// The age at which opening a page renews the confirmation: before it expires, so that no form is lost.
    /// </summary>
    public static readonly TimeSpan ProofRenewal = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan UseWrittenEvery = TimeSpan.FromMinutes(1);

    private readonly LastRead<Organization> oldest = new(revisions);

    public async ValueTask<OpenedSession> OpenAsync(
        AdminKey key,
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var session = Draft(key.OrganizationId, key.Name) with { AdminKeyId = key.Id.Value };
        if (session.ExpiresAt > key.ExpiresAt)
        {
            session = session with { ExpiresAt = key.ExpiresAt };
        }

        var actor = new AuditActor
        {
            Type = "admin_api_key",
            Id = key.Id.Value,
            IpAddress = request.Source.ToString(),
            UserAgent = AuditActor.Bounded(request.UserAgent),
        };
        var opened = await CommitAsync(session, actor, request, cancellationToken);
        return opened.Cookie is not null && Scopes.Grants(key.Scopes, Scopes.OrganizationAdmin)
            ? opened with
            {
                FirstKey = await EndFirstKeyAsync(key.OrganizationId, key, actor, request, cancellationToken),
            }
            : opened;
    }

    /// <summary>
    /// Opens a session for the person whom the provider authenticated, or continues <paramref name="known"/> with the
    /// current roles. Without a role, no session opens and an existing one closes (S32). The session of an admin key that
    /// names no person stays open until the person has answered whether they own the key (S34).
    /// </summary>
    public async ValueTask<OpenedSession> OpenAsync(
        ProviderPerson person,
        ConsoleSession? known,
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var organizationId = await OrganizationAsync(cancellationToken);
        var session = Draft(organizationId, person.Name) with
        {
            Issuer = person.Issuer,
            Subject = person.Subject,
            Roles = person.Roles,
        };
        var actor = CreateActor(person, request);
        if (!await MayOpenAsync(organizationId, person, cancellationToken))
        {
            return OpenedSession.Refused(await RefuseAsync(session, known, actor, request, cancellationToken));
        }

        var needsOwner = known is not null && await FindKeyToAskForAsync(known, cancellationToken) is not null;
        if (known is not null && known.Subject == person.Subject)
        {
            // The same session with a new cookie: its expiry does not change.
            session = session with
            {
                ExpiresAt = known.ExpiresAt,
            };
        }

        var opened = await CommitAsync(session, actor, request, cancellationToken, needsOwner ? null : known);
        opened = opened with { NeedsKeyOwner = needsOwner };
        return opened.Cookie is not null && person.Roles.Contains(RoleName.SecurityAdmin)
            ? opened with
            {
                FirstKey = await EndFirstKeyAsync(organizationId, null, actor, request, cancellationToken),
            }
            : opened;
    }

    public async ValueTask<ConsolePrincipal?> FindAsync(ConsoleCookie cookie, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var hash = cookie.Hash;
        if (
            await store.FindAsync(hash, cancellationToken) is not { KeyThumbprint: null } session
            || session.ExpiresAt < now
            || session.UsedAt + signIn.Value.Idle < now
        )
        {
            return null;
        }

        var key = session.AdminKeyId is { } keyId
            ? await FindLiveKeyAsync(session, keyId, now, cancellationToken)
            : null;
        var caller =
            session.AdminKeyId is null ? CallerOfPerson(session, hash, now)
            : key is null ? null
            : CallerOfKey(session, key, hash);
        if (caller is null)
        {
            return null;
        }

        await NoteUseAsync(session, now, cancellationToken);
        return new ConsolePrincipal(session, caller) { KeyOwner = key?.Owner };
    }

    /// <summary>
    /// The session of that cookie and its admin key, if the key names no person. Includes revoked keys: their approvals
    /// still count.
    /// </summary>
    public async ValueTask<(ConsoleSession Session, AdminKey Key)?> FindUnownedKeyAsync(
        ConsoleCookie cookie,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        return
            await store.FindAsync(cookie.Hash, cancellationToken) is { KeyThumbprint: null } session
            && session.ExpiresAt >= now
            && session.UsedAt + signIn.Value.Idle >= now
            && await FindKeyToAskForAsync(session, cancellationToken) is { } key
            ? (session, key)
            : null;
    }

    /// <summary>
    /// Stores the person's answer about the key's owner. The key then names this person or stays unchanged; its session
    /// closes in both cases.
    /// </summary>
    public async ValueTask<Refusal?> SetKeyOwnerAsync(
        ConsoleSession session,
        AdminKey key,
        KeyOwner? owner,
        AuditActor actor,
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        if (
            owner is not null
            && await keys.SetOwnerAsync(key, owner, actor, request.RequestId, cancellationToken) is { } refusal
        )
        {
            return refusal;
        }

        return await EndAsync(session, actor, request, cancellationToken);
    }

    public async ValueTask<Refusal?> EndAsync(
        ConsoleSession session,
        AuditActor actor,
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = SessionEvents.SignedOut(
                    new AuditOrigin(time.GetStoreNow(), new AuditCause(actor, request.RequestId)),
                    session
                ),
                Statements = [store.End(session.Id)],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted();
    }

    internal static AuditActor CreateActor(ProviderPerson person, ApiRequest request) =>
        CreateActor(person.Issuer, person.Subject, request);

    /// <param name="issuerUrl">The provider that authenticated the person.</param>
    internal static AuditActor CreateActor(string issuerUrl, string subject, ApiRequest request) =>
        new()
        {
            Type = "person",
            Id = PersonId.FromSubject(issuerUrl, subject),
            Issuer = issuerUrl,
            Subject = subject,
            IpAddress = request.Source.ToString(),
            UserAgent = AuditActor.Bounded(request.UserAgent),
        };

    internal ConsoleSession Draft(string organizationId, string name)
    {
        var now = time.GetStoreNow();
        return new ConsoleSession
        {
            Id = Identifier.New("cses"),
            OrganizationId = organizationId,
            Name = name,
            CreatedAt = now,
            ProvenAt = now,
            UsedAt = now,
            ExpiresAt = now + signIn.Value.Session,
        };
    }

    private async ValueTask<OpenedSession> CommitAsync(
        ConsoleSession session,
        AuditActor actor,
        ApiRequest request,
        CancellationToken cancellationToken,
        ConsoleSession? before = null
    )
    {
        // A new cookie at every sign-in: an attacker cannot plant one beforehand.
        var cookie = ConsoleCookie.New();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = SessionEvents.SignedIn(new AuditCause(actor, request.RequestId), session),
                Statements =
                [
                    store.DropExpired(session.CreatedAt),
                    store.End(before?.Id ?? session.Id),
                    store.Insert(session, cookie.Hash),
                ],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } unavailable
            ? OpenedSession.Refused(unavailable)
            : new OpenedSession(cookie, Refusal: null);
    }

    private async ValueTask<AdminKey?> FindKeyToAskForAsync(
        ConsoleSession session,
        CancellationToken cancellationToken
    ) =>
        session.AdminKeyId is { } keyId
        && await adminKeys.FindAsync(session.OrganizationId, keyId, cancellationToken)
            is { Owner: null, CreatedBy: null } key
            ? key
            : null;

    // S1: the key of init is only for the start. It is revoked when a security-admin signs in and another key may operate
    // the installation: without one, only a command on the host could create one. If the store fails here, the next sign-in
    // revokes it.
    internal async ValueTask<FirstKeyFate> EndFirstKeyAsync(
        string organizationId,
        AdminKey? signedInWith,
        AuditActor actor,
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var firsts = await adminKeys.ListFirstAsync(organizationId, cancellationToken);
        if (
            firsts.FirstOrDefault(key => key is { Name: FirstTenant.KeyName, RevokedAt: null }) is not { } key
            || key.Id == signedInWith?.Id
        )
        {
            return FirstKeyFate.Untouched;
        }

        var operators = await adminKeys.ListLiveOperatorsAsync(time.GetUtcNow(), cancellationToken);
        if (operators.All(live => live.Id == key.Id))
        {
            return operators.Count > 0 ? FirstKeyFate.NotRevoked : FirstKeyFate.Untouched;
        }

        var revoked = await keys.RevokeAsync(
            key,
            "A security-admin has signed in to the console.",
            actor,
            request.RequestId,
            cancellationToken
        );
        return revoked.IsOk ? FirstKeyFate.Revoked : FirstKeyFate.Untouched;
    }

    /// <summary>Whether the person has a role, and the directory of the provider has not deactivated them.</summary>
    internal async ValueTask<bool> MayOpenAsync(
        string organizationId,
        ProviderPerson person,
        CancellationToken cancellationToken
    ) =>
        person.Roles.Count > 0
        && !await inactive.ContainsAsync(organizationId, person.Issuer, person.Subject, cancellationToken);

    // The signature is valid, so the person is known: the refusal belongs in the chain (S31 is about unauthenticated input).
    internal async ValueTask<Refusal> RefuseAsync(
        ConsoleSession session,
        ConsoleSession? known,
        AuditActor actor,
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = SessionEvents.Refused(new AuditCause(actor, request.RequestId), session),
                Statements = known is null ? [] : [store.End(known.Id)],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() ?? ConsoleErrors.NoRole.Refuse();
    }

    internal async ValueTask<string> OrganizationAsync(CancellationToken cancellationToken) =>
        signIn.Value.Organization is { Length: > 0 } configured
            ? configured
            : (
                await oldest.FindAsync(
                    "",
                    async (_, cancel) =>
                        (await tenants.ListOrganizationsAsync(cancel)).FirstOrDefault(one => one.ArchivedAt is null),
                    cancellationToken
                )
            )!.Id;

    private async ValueTask<AdminKey?> FindLiveKeyAsync(
        ConsoleSession session,
        string keyId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        signIn.Value.AdminKeys
        && await adminKeys.FindAsync(session.OrganizationId, keyId, cancellationToken) is { RevokedAt: null } key
        && key.ExpiresAt >= now
            ? key
            : null;

    private Caller CallerOfKey(ConsoleSession session, AdminKey key, byte[] hash)
    {
        adminKeyUses.Note(key.Id);
        return new Caller
        {
            Kind = CallerKind.AdminKey,
            OrganizationId = key.OrganizationId,
            Scopes = key.Scopes,
            Roles = key.Roles,
            ActorId = key.Id.Value,
            ExpiresAt = session.ExpiresAt,
            CredentialHash = Convert.ToHexStringLower(hash),
        };
    }

    // A session does not outlive the configuration that allowed it: another provider, or none, closes it.
    internal Caller? CallerOfPerson(ConsoleSession session, byte[] hash, DateTimeOffset now) =>
        session is { Issuer: { } issuer, Subject: { } subject }
        && issuer == signIn.Value.Issuer
        && session.ProvenAt + ProofLife >= now
            ? new Caller
            {
                Kind = CallerKind.Person,
                OrganizationId = session.OrganizationId,
                Scopes = FrozenSet<string>.Empty,
                Roles = session.Roles,
                ActorId = PersonId.FromSubject(issuer, subject),
                ExpiresAt = session.ExpiresAt,
                CredentialHash = Convert.ToHexStringLower(hash),
                IssuerId = issuer,
                Subject = subject,
                SubjectHash = Sha256Text.ToBase64Url(subject),
            }
            : null;

    internal async ValueTask NoteUseAsync(
        ConsoleSession session,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (session.UsedAt + UseWrittenEvery >= now)
        {
            return;
        }

        // Not essential: pages can be read while the store accepts no writes.
        await journal.CommitAsync(
            new Decision { Statements = [store.Used(session.Id, now)], Class = DecisionClass.Bulk },
            cancellationToken
        );
    }
}

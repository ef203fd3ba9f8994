using System.Buffers.Text;
using System.Security.Cryptography;
using Culvert.Identity.Service.Authentication;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Console.Sessions;

/// <summary>Command-line sessions of people: those of the console, with a token bound to a key.</summary>
internal sealed class CommandLineSessions(
    ConsoleSessions sessions,
    ConsoleSessionStore store,
    TokenRevocationStore revocations,
    IJournal journal,
    TimeProvider time
) : IPersonSessions
{
    private const int SecretBytes = 32;

    /// <summary>
    /// Opens a command-line session. Its token is bound to a key and expires when the provider's confirmation is too old. An
    /// id_token can be used only once, and not if the person was off-boarded after it was issued.
    /// </summary>
    public async ValueTask<Result<(string Token, TimeSpan Life)>> OpenAsync(
        ProviderPerson person,
        string idToken,
        DateTimeOffset issuedAt,
        string keyThumbprint,
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var organizationId = await sessions.OrganizationAsync(cancellationToken);
        var draft = sessions.Draft(organizationId, person.Name);
        var session = draft with
        {
            Issuer = person.Issuer,
            Subject = person.Subject,
            Roles = person.Roles,
            KeyThumbprint = keyThumbprint,
            ExpiresAt = draft.CreatedAt + ConsoleSessions.ProofLife,
        };
        var actor = ConsoleSessions.CreateActor(person, request);
        if (!await sessions.MayOpenAsync(organizationId, person, cancellationToken))
        {
            return await sessions.RefuseAsync(session, known: null, actor, request, cancellationToken);
        }

        var token =
            IPersonSessions.SecretPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = SessionEvents.SignedIn(new AuditCause(actor, request.RequestId), session),
                // Older id_tokens are not accepted.
                Replay = new ReplayKey(Credentials.Hash(idToken), session.CreatedAt + ConsoleSessions.ProofLife),
                Statements =
                [
                    store.DropExpired(session.CreatedAt),
                    revocations
                        .RequireNotOffBoarded(organizationId, person.Issuer, person.Subject, issuedAt)
                        .ExpectingOne(ConsoleErrors.SignIn.Refuse()),
                    store.Insert(session, Credentials.Hash(token)),
                ],
            },
            cancellationToken
        );
        if (result.Outcome == CommitOutcome.Replayed)
        {
            return ConsoleErrors.SignIn.Refuse();
        }

        if (result.RefusalUnlessCommitted() is { } unavailable)
        {
            return unavailable;
        }

        if (person.Roles.Contains(RoleName.SecurityAdmin))
        {
            await sessions.EndFirstKeyAsync(organizationId, null, actor, request, cancellationToken);
        }

        return (token, ConsoleSessions.ProofLife);
    }

    /// <inheritdoc/>
    public async ValueTask<Result<Caller>> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var hash = Credentials.Hash(token);
        if (
            await store.FindAsync(hash, cancellationToken) is not { KeyThumbprint: { } key } session
            || session.ExpiresAt < now
            || sessions.CallerOfPerson(session, hash, now) is not { } caller
        )
        {
            return AuthErrors.Invalid.Refuse();
        }

        await sessions.NoteUseAsync(session, now, cancellationToken);
        return caller with { Confirmation = new TokenConfirmation { KeyThumbprint = key } };
    }
}

using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.People;

/// <summary>
/// Withdraws a person's access: their tokens are revoked, and everything else that depends on them ends, in one decision.
/// A repetition ends what was added since.
/// </summary>
internal sealed class OffBoarder(
    IssuerStore issuers,
    TokenRevoker revoker,
    IEnumerable<IOffBoardingEffect> effects,
    INoticeOutbox outbox,
    IJournal journal,
    TimeProvider time
)
{
    private readonly IOffBoardingEffect[] ordered = [.. effects.OrderBy(effect => effect.Name, StringComparer.Ordinal)];

    public async ValueTask<Result<OffBoarding>> OffBoardAsync(
        AuditCause cause,
        OffBoardingRequest request,
        CancellationToken cancellationToken
    )
    {
        var person = request.Person;
        // Another organization's id is answered like an unknown one (S1). The people of an archived issuer may have
        // tokens.
        if (await issuers.FindAsync(person.OrganizationId, person.IssuerId, cancellationToken) is not { } issuer)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var now = time.GetStoreNow();
        var prepared = await revoker.PrepareAsync(
            cause.Actor,
            person.OrganizationId,
            new RevocationTarget(
                RevocationKind.Subject,
                TokenTraits.SubjectValue(person.IssuerId, Sha256Text.ToBase64Url(person.Subject))
            ),
            // A sender's clock may be ahead: tokens that are not yet issued must not be refused.
            request.IssuedBefore
                is { } before
            && before < now
                ? before
                : null,
            request.Reason,
            now,
            cancellationToken
        );
        var revocation = prepared.Revocation;
        var issuedBefore = DateTimeOffset.FromUnixTimeSeconds(revocation.IssuedBefore);
        var scope = new OffBoardingScope(person, issuer, issuedBefore, now);
        List<KeyValuePair<string, int>> counts = [];
        List<Statement> statements = [.. request.Statements, .. prepared.Statements];
        foreach (var effect in ordered)
        {
            var ended = await effect.PrepareAsync(scope, cancellationToken);
            counts.Add(new(effect.Name, ended.Count));
            statements.AddRange(ended.Statements);
        }

        // Not for what is off-boarded already: two services that notify each other would not stop.
        if (prepared.Known is null)
        {
            statements.AddRange(await outbox.EnqueueAsync(ToNotice(request, scope), cancellationToken));
        }

        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new PersonOffBoarded(new AuditOrigin(now, cause), request, revocation, counts),
                Replay = request.Replay,
                Statements = statements,
                Changes = ChangeTopics.Revocations | ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (result.Outcome == CommitOutcome.Replayed)
        {
            // Null: the decision that used the key was not written, so that nothing ended.
            return result.Existing is null ? StorageErrors.Unavailable.Refuse() : PeopleErrors.Repeated.Refuse();
        }

        if (result.IsStale)
        {
            // A statement of the caller found another state.
            return StorageErrors.Unavailable.Refuse();
        }

        if (result.RefusalUnlessCommitted() is { } unavailable)
        {
            return unavailable;
        }

        revoker.Apply(revocation);
        outbox.Wake();
        return new OffBoarding(revocation.Id.Value, issuedBefore, counts);
    }

    private static SecurityNotice ToNotice(OffBoardingRequest request, OffBoardingScope scope)
    {
        var isDirectory = request.Source == OffBoardingSource.Scim;
        return new SecurityNotice(
            isDirectory ? SecurityNoticeType.AccountDisabled : SecurityNoticeType.SessionRevoked,
            request.Person.OrganizationId,
            SecurityNotice.IssuerSubject(scope.Issuer.Url, request.Person.Subject),
            isDirectory
                ? AuditData.Empty
                : [("initiating_entity", request.Source == OffBoardingSource.Operator ? "admin" : "system")],
            scope.Now,
            scope.IssuedBefore
        );
    }
}

using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.People;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Scim;

/// <summary>
/// Commits changes of users and groups, each as one decision. A user who is deactivated or deleted, or whose subject
/// changes, is off-boarded in that decision; until a user with this subject is active, sign-ins and exchanges are refused.
/// </summary>
internal sealed class ScimChanges(ScimResourceStore store, OffBoarder offBoarder, IJournal journal, TimeProvider time)
{
    /// <param name="before">Null = <paramref name="after"/> is created. A group has its members in both.</param>
    /// <returns>The stored resource: <paramref name="before"/> if nothing changes.</returns>
    public async ValueTask<Result<ScimResource>> SaveAsync(
        AuditCause cause,
        ScimDirectory directory,
        ScimResource? before,
        ScimResource after,
        CancellationToken cancellationToken
    )
    {
        after = after with { Subject = directory.FindSubject(after) };
        var (members, known) = (after.MemberIds.ToHashSet(StringComparer.Ordinal), before?.MemberIds ?? []);
        if (members.Any(id => !Identifier.IsWellFormed(ScimResourceType.User.Prefix, id)))
        {
            return ScimErrors.Value.Refuse("members: each value is the id of a user of this directory.");
        }

        var removed = known.Where(id => !members.Contains(id)).ToList();
        members.ExceptWith(known);
        if (before is not null && members.Count + removed.Count == 0 && AreEqual(before, after))
        {
            return before;
        }

        var (leaving, returning) = (FindLeaving(before, after), after.IsActive ? after.Subject : null);
        if (leaving.Count > 1)
        {
            return ScimErrors.Value.Refuse(
                "The request deactivates the user and changes the subject: deactivate the user first, then change it."
            );
        }

        List<Statement> statements =
        [
            before is null ? store.Insert(after) : store.Update(after),
            .. ScimResourceStore.ChangeMembers(after, members, removed),
        ];
        if (returning is not null && after.Type == ScimResourceType.User)
        {
            statements.Add(InactivePeople.Remove(directory.IssuerId, returning));
        }

        var name = (after.Type == ScimResourceType.User, before is null) switch
        {
            (true, true) => AuditEvents.ScimUserCreated,
            (true, false) => AuditEvents.ScimUserUpdated,
            (false, true) => AuditEvents.ScimGroupCreated,
            _ => AuditEvents.ScimGroupUpdated,
        };
        var refusal = await CommitAsync(cause, name, after, leaving.FirstOrDefault(), statements, cancellationToken);
        return refusal is null ? after : refusal;
    }

    /// <summary>Null = deleted.</summary>
    public ValueTask<Refusal?> DeleteAsync(
        AuditCause cause,
        ScimResource resource,
        CancellationToken cancellationToken
    ) =>
        CommitAsync(
            cause,
            resource.Type == ScimResourceType.User ? AuditEvents.ScimUserDeleted : AuditEvents.ScimGroupDeleted,
            resource,
            resource.IsActive ? resource.Subject : null,
            store.Delete(resource, time.GetStoreNow()),
            cancellationToken
        );

    // The subjects whose access ends: of the active user before, and of a user who is stored as inactive.
    private static HashSet<string> FindLeaving(ScimResource? before, ScimResource after)
    {
        HashSet<string> leaving = new(StringComparer.Ordinal);
        if (before is { IsActive: true, Subject: { } held } && !(after.IsActive && after.Subject == held))
        {
            leaving.Add(held);
        }

        if (
            after is { IsActive: false, Subject: { } blocked }
            && !(before is { IsActive: false } && before.Subject == blocked)
        )
        {
            leaving.Add(blocked);
        }

        return leaving;
    }

    private async ValueTask<Refusal?> CommitAsync(
        AuditCause cause,
        string name,
        ScimResource resource,
        string? leaving,
        IReadOnlyList<Statement> statements,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        if (leaving is null)
        {
            var result = await journal.CommitAsync(
                new Decision
                {
                    Event = ScimEvents.Changed(name, new AuditOrigin(now, cause), resource),
                    Statements = statements,
                },
                cancellationToken
            );
            return result.RefusalUnlessCommitted();
        }

        var person = new PersonKey(resource.OrganizationId, resource.IssuerId, leaving);
        var done = await offBoarder.OffBoardAsync(
            cause,
            new OffBoardingRequest(person, OffBoardingSource.Scim, $"{name}: {resource.Id}")
            {
                Statements =
                [
                    .. statements,
                    InactivePeople.Add(person.OrganizationId, person.IssuerId, person.Subject, now),
                ],
            },
            cancellationToken
        );
        return done.Refusal;
    }

    private static bool AreEqual(ScimResource before, ScimResource after) =>
        before.Subject == after.Subject && JsonNode.DeepEquals(WithoutMembers(before), WithoutMembers(after));

    private static JsonObject WithoutMembers(ScimResource resource)
    {
        var attributes = resource.Attributes.DeepClone().AsObject();
        attributes.Remove(ScimResourceType.MembersName);
        return attributes;
    }
}

using System.Collections.Frozen;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// The people whom the directory of an issuer deactivated or deleted, until it provisions them again. Only issuers that
/// have such people cost an exchange a read of the store.
/// </summary>
internal sealed class InactivePeople
{
    // A change that adds an issuer raises the revision.
    private static readonly TimeSpan Freshness = TimeSpan.FromHours(1);

    private readonly Database database;
    private readonly DerivedView<FrozenSet<string>> issuers;

    public InactivePeople(Database database, IRevisions revisions, TimeProvider time)
    {
        this.database = database;
        issuers = new DerivedView<FrozenSet<string>>(
            revisions,
            time,
            Freshness,
            async (_, cancellationToken) =>
                (
                    await database.QueryAsync<string>(
                        "SELECT i.id FROM federation_issuers i WHERE EXISTS "
                            + "(SELECT 1 FROM inactive_people p WHERE p.issuer_id = i.id)",
                        cancellationToken
                    )
                ).ToFrozenSet(StringComparer.Ordinal)
        );
    }

    public async ValueTask<bool> ContainsAsync(IssuerId issuer, string subject, CancellationToken cancellationToken) =>
        (await issuers.GetAsync(cancellationToken)).Contains(issuer.Value)
        && await database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM inactive_people WHERE issuer_id = @IssuerId AND subject_hash = @SubjectHash",
            new { IssuerId = issuer.Value, SubjectHash = Sha256Text.ToBase64Url(subject) },
            cancellationToken
        ) > 0;

    /// <summary>The same of the person at any issuer of the organization with that URL.</summary>
    public async ValueTask<bool> ContainsAsync(
        string organizationId,
        string issuerUrl,
        string subject,
        CancellationToken cancellationToken
    ) =>
        await database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM inactive_people p JOIN federation_issuers i ON i.id = p.issuer_id "
                + "WHERE i.organization_id = @organizationId AND i.issuer_url = @issuerUrl "
                + "AND p.subject_hash = @SubjectHash",
            new
            {
                organizationId,
                issuerUrl,
                SubjectHash = Sha256Text.ToBase64Url(subject),
            },
            cancellationToken
        ) > 0;

    /// <summary>The decision must change <see cref="ChangeTopics.Feed"/>, so that every node reads it.</summary>
    public static Statement Add(string organizationId, string issuerId, string subject, DateTimeOffset now) =>
        new(
            "INSERT INTO inactive_people (issuer_id, subject_hash, organization_id, since_ms) "
                + "VALUES (@IssuerId, @SubjectHash, @OrganizationId, @Now) "
                + "ON CONFLICT (issuer_id, subject_hash) DO NOTHING",
            new
            {
                IssuerId = issuerId,
                SubjectHash = Sha256Text.ToBase64Url(subject),
                OrganizationId = organizationId,
                Now = now.ToStore(),
            }
        );

    public static Statement Remove(string issuerId, string subject) =>
        new(
            "DELETE FROM inactive_people WHERE issuer_id = @IssuerId AND subject_hash = @SubjectHash",
            new { IssuerId = issuerId, SubjectHash = Sha256Text.ToBase64Url(subject) }
        );
}

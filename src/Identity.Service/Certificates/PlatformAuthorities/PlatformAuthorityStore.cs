using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>The platform CA in the store. Every change of the bundle is one epoch.</summary>
internal sealed class PlatformAuthorityStore(Database database)
{
    private static readonly Columns<Row> Table = new("platform_authorities");

    public async ValueTask<PlatformRecords> ReadAsync(CancellationToken cancellationToken)
    {
        // One statement reads epoch and authorities, which change together. Links never change, and are stored before use.
        var rows = await database.QueryAsync<Row>(
            $"SELECT {Table.Names}, (SELECT epoch FROM platform_bundle) AS epoch FROM platform_authorities "
                + "ORDER BY created_at_ms, id",
            cancellationToken
        );
        var links = await database.QueryAsync<(string SubjectId, string IssuerId, byte[] Certificate)>(
            "SELECT subject_id, issuer_id, certificate FROM platform_links",
            cancellationToken
        );
        return new PlatformRecords(
            rows.Count == 0 ? 1 : rows[0].Epoch,
            [.. rows.Select(row => row.ToAuthority())],
            [.. links.Select(link => new PlatformLink(link.SubjectId, link.IssuerId, Parse(link.Certificate)))]
        );
    }

    /// <summary>A second active or staged root is refused.</summary>
    public Statement Insert(PlatformAuthority authority) =>
        Table.Insert(Row.Create(authority)).Unique(PlatformRootErrors.Changed());

    public Statement Insert(PlatformLink link) =>
        new(
            "INSERT INTO platform_links (subject_id, issuer_id, certificate) VALUES (@SubjectId, @IssuerId, @Certificate)",
            new
            {
                link.SubjectId,
                link.IssuerId,
                Certificate = link.Certificate.Encoded.ToArray(),
            }
        );

    /// <summary>Refused unless the epoch is still <paramref name="present"/>.</summary>
    public Statement RaiseEpoch(long present) =>
        new Statement(
            "UPDATE platform_bundle SET epoch = epoch + 1 WHERE epoch = @present",
            new { present }
        ).ExpectingOne(PlatformRootErrors.Changed());

    /// <summary>Refused unless the root is in state <paramref name="expected"/>.</summary>
    public Statement Move(PlatformAuthority root, RootState expected) => new Statement(
            "UPDATE platform_authorities SET state = @State, state_since_ms = @StateSince, removed_epoch = @RemovedEpoch "
                + "WHERE id = @Id AND tier = 'root' AND state = @Expected",
            new
            {
                Id = root.Id.Value,
                State = WireNames.Get(root.State),
                StateSince = root.StateSince.ToStore(),
                root.RemovedEpoch,
                Expected = WireNames.Get(expected),
            }
        ).ExpectingOne(PlatformRootErrors.Changed()).Unique(PlatformRootErrors.Changed());

    /// <summary>Destroys the sealed keys of a root and of every authority under it.</summary>
    public Statement DestroyKeys(string rootId) =>
        new(
            "UPDATE platform_authorities SET sealed_key = NULL WHERE id = @rootId OR root_id = @rootId",
            new { rootId }
        );

    private static ParsedCertificate Parse(byte[] certificate) =>
        ParsedCertificate.TryParse(certificate)
        ?? throw new StoreException("A stored authority certificate cannot be read.");

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string Tier { get; init; }

        public required byte[] Certificate { get; init; }

        public byte[]? SealedKey { get; init; }

        public long CreatedAtMs { get; init; }

        [WriteOnly]
        public long NotAfterMs { get; init; }

        public required string State { get; init; }

        public long StateSinceMs { get; init; }

        public string? RootId { get; init; }

        public long AddedEpoch { get; init; }

        public long? RemovedEpoch { get; init; }

        public string? MadeBy { get; init; }

        /// <summary>The bundle's.</summary>
        [NotMapped]
        public long Epoch { get; init; }

        public static Row Create(PlatformAuthority authority) =>
            new()
            {
                Id = authority.Id.Value,
                Tier = WireNames.Get(authority.Tier),
                Certificate = authority.Certificate.Encoded.ToArray(),
                SealedKey = authority.SealedKey,
                CreatedAtMs = authority.CreatedAt.ToStore(),
                NotAfterMs = authority.Certificate.NotAfter.ToStore(),
                State = WireNames.Get(authority.State),
                StateSinceMs = authority.StateSince.ToStore(),
                RootId = authority.RootId,
                AddedEpoch = authority.AddedEpoch,
                MadeBy = authority.MadeBy,
            };

        public PlatformAuthority ToAuthority() =>
            new()
            {
                Id = CertificateAuthorityId.Wrap(Id),
                Tier = WireNames.Parse<PlatformTier>(Tier),
                Certificate = Parse(Certificate),
                SealedKey = SealedKey,
                CreatedAt = Instants.FromStore(CreatedAtMs),
                State = WireNames.Parse<RootState>(State),
                StateSince = Instants.FromStore(StateSinceMs),
                RootId = RootId,
                AddedEpoch = AddedEpoch,
                RemovedEpoch = RemovedEpoch,
                MadeBy = MadeBy,
            };
    }
}

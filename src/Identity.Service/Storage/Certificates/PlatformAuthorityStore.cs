using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Hosting;
using Dapper;

namespace Culvert.Identity.Service.Storage.Certificates;

internal sealed class PlatformAuthorityStore(Database database) : IPlatformAuthorityStore
{
    public async ValueTask<PlatformAuthority?> FindNewestAsync(PlatformTier tier, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var row = await connection.QueryFirstOrDefaultAsync<Row>(
            new CommandDefinition(
                "SELECT id AS Id, certificate AS Certificate, sealed_key AS SealedKey, created_at_ms AS CreatedAt "
                    + "FROM platform_authorities WHERE tier = @tier AND sealed_key IS NOT NULL "
                    + "ORDER BY not_after_ms DESC, created_at_ms DESC LIMIT 1",
                new { tier = NameOf(tier) },
                cancellationToken: cancellationToken
            )
        );
        return row is null
            ? null
            : new PlatformAuthority
            {
                Id = CertificateAuthorityId.Wrap(row.Id),
                Tier = tier,
                Certificate =
                    ParsedCertificate.TryParse(row.Certificate)
                    ?? throw new StoreException("A stored authority certificate cannot be read."),
                SealedKey = row.SealedKey,
                CreatedAt = Instants.FromStore(row.CreatedAt),
            };
    }

    public Statement Insert(PlatformAuthority authority) =>
        new(
            "INSERT INTO platform_authorities (id, tier, certificate, sealed_key, created_at_ms, not_after_ms) "
                + "VALUES (@Id, @Tier, @Certificate, @SealedKey, @CreatedAt, @NotAfter)",
            new
            {
                Id = authority.Id.Value,
                Tier = NameOf(authority.Tier),
                Certificate = authority.Certificate.Encoded.ToArray(),
                authority.SealedKey,
                CreatedAt = authority.CreatedAt.ToStore(),
                NotAfter = authority.Certificate.NotAfter.ToStore(),
            }
        );

    private static string NameOf(PlatformTier tier) => tier == PlatformTier.Root ? "root" : "issuing";

    private sealed record Row
    {
        public required string Id { get; init; }

        public required byte[] Certificate { get; init; }

        public required byte[] SealedKey { get; init; }

        public long CreatedAt { get; init; }
    }
}

using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Admin keys that no other key made: each is a person of its own.</summary>
internal static class PersonKeys
{
    public static async Task<(HttpClient Client, string KeyId)> AddAsync(
        ServiceUnderTest service,
        string organizationId,
        string name,
        string? madeWith = null,
        KeyOwner? owner = null
    )
    {
        var secret = AdminKey.NewSecret();
        var now = service.Time.GetUtcNow();
        var key = new AdminKey
        {
            Id = AdminKeyId.New(),
            OrganizationId = organizationId,
            Name = name,
            Scopes = new HashSet<string> { Scopes.OrganizationAdmin },
            CreatedBy = madeWith,
            Owner = owner,
            CreatedAt = now,
            ExpiresAt = now.AddDays(90),
        };
        var statement = service.Get<AdminKeyStore>().Insert(key, Credentials.Hash(secret));
        (
            await service
                .Get<IJournal>()
                .CommitAsync(new Decision { Statements = [statement] }, TestContext.Current.CancellationToken)
        ).IsCommitted.ShouldBeTrue();
        return (service.Client(secret), key.Id.Value);
    }
}
